using System.Runtime.Versioning;
using AppLayer.Footprint;
using AppLayer.Tests.Registry.Text;
using VirtFoundation;
using VirtTools.Tests;
using static AppLayer.Footprint.FootprintChangeKind;

namespace AppLayer.Tests.Footprint;

/// <summary>What is planted is found: every kind of change alone, with nothing else told.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class FootprintComparisonTests : IDisposable
{
    private readonly WatchedPlace _place = new();

    public void Dispose() => _place.Dispose();

    [LinuxFact]
    public Task A_place_that_nobody_touched_has_no_footprint() => Expect(() => _ = File.ReadAllText(_place["etc/settings"]));

    [LinuxFact]
    public Task What_is_done_in_the_writable_layer_is_none() => Expect(() => _place.Write("private/layer/deep/er", "1"));

    [LinuxFact]
    public Task A_new_file_is_found() => Expect(() => _place.Write("etc/new", "1"), (Added, "etc/new"), (Time, "etc"));

    [LinuxFact]
    public Task A_new_directory_is_found_with_what_is_in_it() =>
        Expect(() => _place.Write("opt/a/b", "1"), (Added, "opt"), (Added, "opt/a"), (Added, "opt/a/b"), (Time, ""));

    [LinuxFact]
    public Task A_file_that_is_gone_is_found() => Expect(() => File.Delete(_place["etc/old"]), (Removed, "etc/old"), (Time, "etc"));

    [LinuxFact]
    public Task A_byte_is_found_although_the_times_were_put_back() => Expect(() =>
    {
        File.WriteAllText(_place["etc/settings"], "a=2\n");
        WatchedPlace.Age(_place["etc/settings"]);
    }, (Content, "etc/settings"));

    [LinuxFact]
    public Task A_time_is_found() => Expect(() => File.SetLastWriteTimeUtc(_place["etc/settings"], DateTime.UtcNow), (Time, "etc/settings"));

    [LinuxFact]
    public Task A_mode_is_found() => Expect(
        () => File.SetUnixFileMode(_place["bin/tool"], UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser), (Mode, "bin/tool"));

    [ToolFact("chown")]
    public async Task An_owner_is_found()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await Expect(() => Tool.Run("chown", ["123:456", _place["etc"]]), (Owner, "etc"));
        }
        else
        {
            // Who isn't root can give a file to another of his groups only, if he has one.
            var group = Tool.Run("id", ["-G"]).Trim().Split(' ')[^1];
            await Expect(() => Tool.Run("chgrp", [group, _place["etc"]]), group == Tool.Run("id", ["-g"]).Trim() ? [] : [(Owner, "etc")]);
        }
    }

    [LinuxFact]
    public Task A_link_that_leads_elsewhere_is_found() => Expect(() =>
    {
        File.Delete(_place["bin/link"]);
        File.CreateSymbolicLink(_place["bin/link"], "lool");
        WatchedPlace.Age(_place["bin/link"]);
        WatchedPlace.Age(_place["bin"]);
    }, (Link, "bin/link"));

    [ToolFact("ln")]
    public Task Another_name_for_a_file_is_found_where_the_file_is() =>
        Expect(() => Tool.Run("ln", [_place["bin/tool"], _place["private/tool"]]), (Link, "bin/tool"));

    [ToolFact("setfattr")]
    public Task An_extended_attribute_is_found() =>
        Expect(() => Tool.Run("setfattr", ["-n", "user.planted", "-v", "1", _place["etc/settings"]]), (ExtendedAttribute, "etc/settings"));

    [ToolFact("chattr")]
    public Task An_attribute_is_found() => Expect(() => Tool.Run("chattr", ["+d", _place["etc/settings"]]), (Attributes, "etc/settings"));

    [LinuxFact]
    public Task A_file_in_place_of_a_directory_is_found() => Expect(() =>
    {
        Directory.Delete(_place["bin"], recursive: true);
        File.WriteAllText(_place["bin"], "");
        WatchedPlace.Age(_place.Root);
    }, (Removed, "bin"), (Added, "bin"), (Removed, "bin/link"), (Removed, "bin/tool"));

    [ToolFact("mkfifo")]
    public Task A_pipe_is_found_and_not_waited_for() => Expect(() => Tool.Run("mkfifo", [_place["etc/pipe"]]), (Added, "etc/pipe"), (Time, "etc"));

    [ToolFact("bash")]
    public Task A_name_that_is_no_text_is_found() =>
        Expect(() => Tool.Run("bash", ["-c", $"echo 1 > '{_place["etc"]}'/$'a\\xff\\nb'"]), (Added, @"etc/a\xFF\x0Ab"), (Time, "etc"));

    [LinuxFact]
    public Task A_registry_key_is_found() => ExpectInRegistry("[Software\\\\New] 1700000000\n", (KeyAdded, @"HKLM\Software\New"));

    [LinuxFact]
    public Task A_registry_key_that_is_gone_is_found_with_its_values() => ExpectChangedRegistry(
        text => text[..text.IndexOf("[Software\\\\Demo\\\\Sub]", StringComparison.Ordinal)],
        (KeyRemoved, @"HKLM\Software\Demo\Sub"), (ValueRemoved, @"HKLM\Software\Demo\Sub []"));

    [LinuxFact]
    public Task A_registry_key_that_became_a_link_is_found() => ExpectChangedRegistry(
        text => text.Replace("@=\"x\"", "#link\n@=\"x\"", StringComparison.Ordinal), (KeyAttributes, @"HKLM\Software\Demo\Sub"));

    [LinuxFact]
    public Task A_registry_value_is_found() => ExpectChangedRegistry(
        text => text.Replace("@=\"x\"", "@=\"x\"\n\"New\"=\"y\"", StringComparison.Ordinal), (ValueAdded, @"HKLM\Software\Demo\Sub [New]"));

    [LinuxFact]
    public Task A_registry_value_that_is_gone_is_found() => ExpectChangedRegistry(
        text => text.Replace("\"Number\"=dword:00000001\n", "", StringComparison.Ordinal), (ValueRemoved, @"HKLM\Software\Demo [Number]"));

    [LinuxFact]
    public Task The_type_of_a_registry_value_is_found() => ExpectChangedRegistry(
        text => text.Replace("dword:00000001", "hex(3):01,00,00,00", StringComparison.Ordinal), (FootprintChangeKind.ValueType, @"HKLM\Software\Demo [Number]"));

    [LinuxFact]
    public Task The_data_of_a_registry_value_is_found() => ExpectChangedRegistry(
        text => text.Replace("dword:00000001", "dword:00000002", StringComparison.Ordinal), (ValueData, @"HKLM\Software\Demo [Number]"));

    [LinuxFact]
    public Task What_wineserver_writes_anew_without_a_change_is_none() => ExpectChangedRegistry(
        text => text.Replace("1700000000", "1800000000", StringComparison.Ordinal).Replace("1da1a2b3c4d5e6f", "1da1a2b3c4d5e70", StringComparison.Ordinal));

    [LinuxFact]
    public async Task What_a_control_run_changes_too_is_subtracted_if_kind_and_place_are_the_same()
    {
        var before = await _place.Take();
        File.WriteAllText(_place["etc/settings"], "log: 1\n");
        var control = await FootprintComparison.CompareAsync(before, await _place.Take());
        Assert.Equal([Content, Time], control.Select(change => change.Kind));

        before = await _place.Take();
        File.WriteAllText(_place["etc/settings"], "log: 2\n");
        File.SetUnixFileMode(_place["etc/settings"], UnixFileMode.UserRead);
        File.WriteAllText(_place["etc/old"], "planted\n");
        var changes = await FootprintComparison.CompareAsync(before, await _place.Take());
        var left = FootprintComparison.Subtract(changes, control);
        Assert.Equal(
            [(Content, _place["etc/old"]), (Time, _place["etc/old"]), (Mode, _place["etc/settings"])],
            left.Select(change => (change.Kind, change.Place)));
        Assert.Empty(FootprintComparison.Subtract(control, control));
    }

    [LinuxFact]
    public async Task Changes_say_what_was_there_and_what_is()
    {
        var before = await _place.Take();
        File.SetUnixFileMode(_place["bin/tool"], UnixFileMode.UserRead);
        File.AppendAllText(_place["etc/settings"], "b=2\n");
        var changes = await FootprintComparison.CompareAsync(before, await _place.Take());
        Assert.Equal(("0644", "0400"), changes.Where(change => change.Kind == Mode).Select(change => (change.Before, change.After)).Single());
        Assert.All(changes, change => Assert.Equal(Environment.MachineName, change.HostName));
        var content = changes.Single(change => change.Kind == Content);
        Assert.StartsWith("file of 4 bytes, SHA-256 ", content.Before);
        Assert.StartsWith("file of 8 bytes, SHA-256 ", content.After);
        Assert.Equal("2020-01-02 03:04:05.000000000 UTC", changes.Single(change => change.Kind == Time).Before);
    }

    [LinuxFact]
    public async Task A_place_that_is_not_there_yet_can_be_watched()
    {
        var missing = new FootprintPlace(Path.Combine(_place.Beside, "later"));
        var before = await FootprintSnapshot.TakeAsync([missing], Path.Combine(_place.Beside, "a"));
        Assert.Equal(0, before.Entries);
        Directory.CreateDirectory(missing.Path);
        var after = await FootprintSnapshot.TakeAsync([missing], Path.Combine(_place.Beside, "b"));
        var change = Assert.Single(await FootprintComparison.CompareAsync(before, after));
        Assert.Equal((Added, missing.Path, null, "directory"), (change.Kind, change.Place, change.Before, change.After));
    }

    [LinuxFact]
    public async Task Snapshots_of_different_places_are_not_compared()
    {
        var before = await _place.Take();
        var other = await FootprintSnapshot.TakeAsync([new(_place.Root)], Path.Combine(_place.Beside, "other"));
        var error = await Assert.ThrowsAsync<VirtException>(() => FootprintComparison.CompareAsync(before, other));
        Assert.Equal(VirtErrorCode.ParameterInvalid, error.Code);
        error = await Assert.ThrowsAsync<VirtException>(
            () => FootprintSnapshot.TakeAsync([new(_place.Root), new(_place["etc"])], Path.Combine(_place.Beside, "c")));
        Assert.Equal(VirtErrorCode.ParameterInvalid, error.Code);
    }

    private Task ExpectInRegistry(string section, params (FootprintChangeKind, string)[] expected) =>
        ExpectChangedRegistry(text => text + section, expected);

    private async Task ExpectChangedRegistry(Func<string, string> change, params (FootprintChangeKind Kind, string Place)[] expected)
    {
        var before = await _place.Take();
        var file = _place["system.reg"];
        var text = File.ReadAllText(file);
        var changed = change(text);
        Assert.NotEqual(text, changed);
        File.WriteAllText(file, changed);
        var changes = await FootprintComparison.CompareAsync(before, await _place.Take());
        Assert.Equal(expected.Select(change => (change.Kind, $"{_place.Root}: {change.Place}")), changes.Select(change => (change.Kind, change.Place)));
    }

    private async Task Expect(Action plant, params (FootprintChangeKind Kind, string Place)[] expected)
    {
        var before = await _place.Take();
        plant();
        var changes = await FootprintComparison.CompareAsync(before, await _place.Take());
        Assert.Equal(
            expected.Select(change => (change.Kind, change.Place.Length == 0 ? _place.Root : $"{_place.Root}/{change.Place}")).Order(),
            changes.Select(change => (change.Kind, change.Place)).Order());
    }
}

using AppLayer.Capture;
using AppLayer.Capture.Installers;
using AppLayer.Capture.Noise;
using AppLayer.Files;
using AppLayer.Registry;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

public sealed class NoiseFilterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("filter");

    private string Tree => Path.Combine(_folder.FullName, "tree");

    private string Base => Path.Combine(_folder.FullName, "base");

    public void Dispose() => _folder.Delete(recursive: true);

    [LinuxFact]
    public void What_is_left_is_what_the_installer_made()
    {
        Write(Base, "etc/settings", "1");
        Write(Base, "var/log/old", "1");
        Write(Tree, "etc/settings", "1"); // Opened for writing, and not written to.
        Write(Tree, "opt/app/run", "x");
        Write(Tree, "var/log/app.log", "x");
        Write(Tree, "var/lib/app/log/a", "x");
        Directory.CreateDirectory(Path.Combine(Tree, "opt/app/empty"));
        Write(Tree, "opt/cache/c", "x");
        var filter = Filter(new() { Exclude = ["{Root}/opt/cache/**"] });
        filter.Clean(Tree, default);
        Assert.Equal(["opt", "opt/app", "opt/app/empty", "opt/app/run", "var", "var/lib", "var/lib/app", "var/lib/app/log", "var/lib/app/log/a"], Left());
        var log = filter.Removals.Single(removal => removal.Rule == "{Root}/var/log/**");
        Assert.Equal((NoiseSource.Rules, "Logs and histories", 1), (log.Source, log.Reason, log.Count));
        Assert.Equal(["{Root}/var/log/app.log"], log.Places);
        Assert.Contains(filter.Removals, removal => removal.Source == NoiseSource.Spec && removal.Places.SequenceEqual(["{Root}/opt/cache/c"]));
        Assert.Contains(filter.Removals, removal => removal.Source == NoiseSource.Untouched && removal.Places.Contains("{Root}/etc/settings"));
    }

    [LinuxFact]
    public void What_is_kept_below_something_left_out_stays_with_what_leads_to_it()
    {
        Write(Tree, "var/log/app/a", "x");
        Write(Tree, "var/log/b", "x");
        Filter(new() { Include = ["{Root}/var/log/app/a"] }).Clean(Tree, default);
        Assert.Equal(["var", "var/log", "var/log/app", "var/log/app/a"], Left());
    }

    [LinuxFact]
    public void A_directory_whose_rights_were_changed_stays()
    {
        Directory.CreateDirectory(Path.Combine(Base, "opt"));
        Directory.CreateDirectory(Path.Combine(Tree, "opt"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(Tree, "opt"), UnixFileMode.UserRead);
        }

        Filter(new()).Clean(Tree, default);
        Assert.Equal(["opt"], Left());
    }

    [LinuxFact]
    public void What_a_control_run_makes_too_is_no_part_but_what_it_makes_otherwise_is()
    {
        Write(Tree, "etc/same", "1");
        Write(Tree, "etc/other", "2");
        var control = new ControlRun(
            FileScanner.Scan(Tree, LayerPlatform.Linux, digests: true).Files.Entries.ToDictionary(entry => LayerLayout.Linux.PlaceOf(entry.Path)), null);
        Write(Tree, "etc/other", "3");
        var filter = Filter(new(), control);
        filter.Clean(Tree, default);
        Assert.Equal(["etc", "etc/other"], Left());
        Assert.Equal(["{Root}/etc/same"], filter.Removals.Single(removal => removal.Source == NoiseSource.ControlRun).Places);
    }

    [Fact]
    public void Registry_noise_goes_with_the_keys_that_were_there_for_it()
    {
        var difference = new RegistryKey("");
        difference.Create(@"Machine\Software\Demo").Set(Text("Path", "x"));
        difference.Create(@"Machine\Software\Made\Empty");
        difference.Create(@"Machine\System\CurrentControlSet\Control\Video\0").Set(Text("Driver", "x"));
        difference.Create(@"CurrentUser\Software\Wine\Fonts").Set(Text("Codepages", "x"));
        difference.Create(@"CurrentUser\Software\Ours").Set(Text("Known", "1"));
        difference.Create(@"CurrentUser\Software\Ours").Set(Text("Other", "1"));
        difference.Create(@"CurrentUser\Software\Excluded\Deep").Set(Text("a", "1"));
        difference.Create(@"CurrentUser\Software\Kept").Set(Text("Value", "1"));
        var known = new RegistryKey("");
        known.Create(@"CurrentUser\Software\Ours").Set(Text("Known", "1"));
        known.Create(@"CurrentUser\Software\Ours").Set(Text("Other", "2"));
        var filter = new NoiseFilter(
            NoiseRules.For(LayerPlatform.Windows, new() { Exclude = [@"HKCU\Software\Excluded", @"HKCU\Software\Kept\V*"], Include = [@"HKCU\Software\Kept\Value"] }),
            new LowerTrees([], LayerLayout.Windows), new(new Dictionary<string, FileEntry>(), known));
        var left = filter.Clean(difference)!;
        Assert.NotNull(left.Find(@"Machine\Software\Demo"));
        Assert.NotNull(left.Find(@"Machine\Software\Made\Empty"));
        Assert.Null(left.Find(@"Machine\System"));
        Assert.Equal(["Kept", "Ours"], left.Find(@"CurrentUser\Software")!.Subkeys.Select(key => key.Name));
        Assert.Equal(["Other"], left.Find(@"CurrentUser\Software\Ours")!.Values.Select(value => value.Name));
        Assert.Contains(@"HKCU\Software\Ours [Known]", filter.Removals.Single(removal => removal.Source == NoiseSource.ControlRun).Places);
        Assert.Equal([@"HKCU\Software\Excluded\Deep [a]"], filter.Removals.Single(removal => removal.Rule == @"HKCU\Software\Excluded").Places.Take(1));
    }

    [Fact]
    public void A_deleted_key_is_left_unless_a_rule_says_otherwise()
    {
        var difference = new RegistryKey("");
        difference.Create(@"Machine\Software\Gone").Mark = LayerMark.Tombstone;
        difference.Create(@"Machine\Software\Microsoft\Windows NT\CurrentVersion\NetworkCards").Mark = LayerMark.Tombstone;
        var left = new NoiseFilter(NoiseRules.For(LayerPlatform.Windows, new()), new LowerTrees([], LayerLayout.Windows), null).Clean(difference)!;
        Assert.Equal(LayerMark.Tombstone, left.Find(@"Machine\Software\Gone")!.Mark);
        Assert.Null(left.Find(@"Machine\Software\Microsoft"));
    }

    private static RegistryValue Text(string name, string text) => new(name, RegistryValueType.String, System.Text.Encoding.Unicode.GetBytes(text + "\0"));

    private static void Write(string root, string path, string text)
    {
        var full = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private NoiseFilter Filter(LayerRules rules, ControlRun? control = null)
    {
        Directory.CreateDirectory(Base);
        return new(NoiseRules.For(LayerPlatform.Linux, rules), new LowerTrees([Base], LayerLayout.Linux), control);
    }

    private IEnumerable<string> Left() =>
        Directory.GetFileSystemEntries(Tree, "*", SearchOption.AllDirectories).Select(path => path[(Tree.Length + 1)..]).Order(StringComparer.Ordinal);
}

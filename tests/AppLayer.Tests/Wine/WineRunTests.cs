using System.Text;
using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using AppLayer.Registry.Stacking;
using AppLayer.Tests.Registry.Text;
using AppLayer.Wine;

namespace AppLayer.Tests.Wine;

/// <summary>Composed registries with the real Wine.</summary>
public sealed class WineRunTests(WinePrefix wine) : IClassFixture<WinePrefix>
{
    private const string Uninstall = @"Software\Microsoft\Windows\CurrentVersion\Uninstall\Editor";

    [ToolFact("wine")]
    public void Programs_see_the_layers_and_their_changes_are_the_difference()
    {
        var prefix = Path.GetDirectoryName(wine.RegistryFile("system.reg"))!;
        var foundation = WinePrefixRegistry.Load(prefix);
        var tokens = new PathTokens(KnownRoots.ForWindows("C:", "root", foundation.UserSid!));
        Assert.StartsWith("S-1-5-21-", foundation.UserSid, StringComparison.Ordinal);

        // What an installer leaves, by way of a layer's hive, and a layer above that takes a part of it away.
        var editor = new RegistryKey("");
        var uninstall = editor.Create($@"Machine\{Uninstall}");
        uninstall.Set(Text("DisplayName", "Editor"));
        uninstall.Set(Text("InstallLocation", @"{ProgramFiles}\Editor"));
        editor.Create(@"Machine\Software\Classes\.ed").Set(Text("", "Editor.Document"));
        editor.Create(@"Machine\Software\Classes\Editor.Document\shell\open\command").Set(Text("", @"""{ProgramFiles}\Editor\ed.exe"" ""%1"""));
        editor.Create(@"Machine\Software\Wow6432Node\Editor").Set(Text("Bits", "32"));
        editor.Create(@"CurrentUser\Software\Editor").Set(Text("Theme", "dark"));
        editor.Create(@"CurrentUser\Software\Editor").Set(Text("Font", "Mono"));
        editor.Create(@"CurrentUser\Software\Editor").Set(Text("Recent", @"{Documents}\a.txt"));
        var policy = new RegistryKey("");
        policy.Create(@"CurrentUser\Software\Editor").Set(RegistryValue.Tombstone("Theme"));
        RegistryLayer[] layers = [new("policy", Stored(policy)), new("editor", Stored(editor))];
        var composed = foundation.Compose(layers, tokens);
        composed.Save(prefix);

        Assert.Contains(@"C:\Program Files\Editor", Query($@"HKLM\{Uninstall}"), StringComparison.Ordinal);
        Assert.Contains(@"""C:\Program Files\Editor\ed.exe"" ""%1""", Query(@"HKCR\Editor.Document\shell\open\command"), StringComparison.Ordinal);
        Assert.Contains("Editor.Document", Query(@"HKCR\.ed"), StringComparison.Ordinal);
        Assert.Contains("32", Query(@"HKLM\Software\Wow6432Node\Editor"), StringComparison.Ordinal);
        var user = Query(@"HKCU\Software\Editor");
        Assert.Contains(@"C:\users\root\Documents\a.txt", user, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Theme", user, StringComparison.Ordinal);

        // Nothing but noise until here.
        wine.WaitForServer();
        Assert.Empty(WinePrefixRegistry.Load(prefix).Since(composed, tokens, WineNoise.Known).Subkeys);

        // One program does it all: a server that is just ending does not hear the next one's first word.
        File.WriteAllText(Path.Combine(prefix, "drive_c", "change.bat"), "@echo off\r\n" + string.Concat(
            new[]
            {
                @"reg add HKCU\Software\Editor /v Theme /d light /f",
                @"reg add HKCU\Software\Editor\Windows /v Last /d ""C:\Program Files\Editor\x"" /f",
                @"reg delete HKCU\Software\Editor /v Recent /f",
                @"reg delete HKLM\Software\Classes\Editor.Document /f",
                $@"reg delete HKLM\{Uninstall} /f",
                $@"reg add HKLM\{Uninstall} /v DisplayName /d ""Editor 2"" /f",
            }.Select(line => $"{line}\r\nif errorlevel 1 exit /b 1\r\n")));
        wine.Run("cmd", "/c", @"C:\change.bat");
        wine.WaitForServer();
        var changes = WinePrefixRegistry.Load(prefix).Since(composed, tokens, WineNoise.Known);
        Assert.Equal(
            [
                @"-Machine\Software\Classes\Editor.Document",
                $@"Machine\{Uninstall}|DisplayName=Editor 2",
                $@"Machine\{Uninstall}|-InstallLocation",
                @"CurrentUser\Software\Editor|-Recent",
                @"CurrentUser\Software\Editor|Theme=light",
                @"CurrentUser\Software\Editor\Windows|Last={ProgramFiles}\Editor\x",
            ],
            Entries(changes, "").OrderBy(line => line.TrimStart('-')[0] == 'M' ? 0 : 1));

        // With them as the top layer it goes on where it ended.
        var again = foundation.Compose([new("writable", Stored(changes)), .. layers], tokens);
        Assert.Empty(WinePrefixRegistry.Load(prefix).Since(again, tokens, WineNoise.Known).Subkeys);
    }

    private static RegistryKey Stored(RegistryKey layer) => HiveFile.Read(HiveFile.ToBytes(layer));

    private static RegistryValue Text(string name, string text) => new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0"));

    private static IEnumerable<string> Entries(RegistryKey key, string path)
    {
        if (key.Mark == LayerMark.Tombstone) yield return "-" + path;
        foreach (var value in key.Values.OrderBy(value => value.Name, StringComparer.Ordinal))
        {
            yield return value.IsTombstone ? $"{path}|-{value.Name}" : $"{path}|{value.Name}={Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0')}";
        }

        foreach (var entry in key.Subkeys.SelectMany(subkey => Entries(subkey, path.Length == 0 ? subkey.Name : $@"{path}\{subkey.Name}"))) yield return entry;
    }

    private string Query(string key)
    {
        var file = Path.Combine(wine.Folder, "query.reg");
        File.Delete(file);
        wine.Run("regedit", "/E", file, key.Replace("HKLM", "HKEY_LOCAL_MACHINE", StringComparison.Ordinal)
            .Replace("HKCU", "HKEY_CURRENT_USER", StringComparison.Ordinal).Replace("HKCR", "HKEY_CLASSES_ROOT", StringComparison.Ordinal));
        return File.ReadAllText(file).Replace(@"\\", @"\", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal);
    }
}

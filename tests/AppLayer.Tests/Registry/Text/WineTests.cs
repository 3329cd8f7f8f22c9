using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Text;

namespace AppLayer.Tests.Registry.Text;

public sealed class WineTests(WinePrefix wine) : IClassFixture<WinePrefix>
{
    [ToolFact("wine")]
    public void The_files_of_a_prefix_are_written_again_byte_for_byte()
    {
        foreach (var name in new[] { "system.reg", "user.reg", "userdef.reg" })
        {
            var bytes = File.ReadAllBytes(wine.RegistryFile(name));
            var file = WineRegistryFile.Parse(bytes);
            Assert.NotEmpty(file.Sections);
            Same(bytes, file.ToBytes());
            Same(bytes, WineRegistryFile.FromTree(file.ToTree(), file.BaseKey!, file.Architecture).ToBytes());
        }
    }

    [ToolFact("wine")]
    public void Wine_sees_what_is_written_into_its_file_and_writes_the_same()
    {
        string path = wine.RegistryFile("system.reg");
        var system = WineRegistryFile.Load(path);
        var tree = system.ToTree();
        var sample = RegistryText.Sample().Find(@"Software\Näme [1] with_under")!;
        tree.Create(@"Software\VirtTools").Add(sample);
        File.WriteAllBytes(path, WineRegistryFile.FromTree(tree, system.BaseKey!, system.Architecture).ToBytes());
        var before = Sections(path, "VirtTools");

        string exported = Path.Combine(wine.Folder, "export.reg");
        wine.Run("regedit", "/E", exported, @"HKEY_LOCAL_MACHINE\Software\VirtTools");
        wine.Run("reg", "add", @"HKLM\Software\Other", "/f");
        wine.WaitForServer();

        var seen = new RegistryKey("");
        RegFile.Load(exported).ApplyTo(seen);

        // regedit's own export cuts texts at their first NUL, writes those without one short, and numbers of other sizes as if of 32 bits.
        foreach (var key in new[] { sample, seen.Find(@"HKEY_LOCAL_MACHINE\Software\VirtTools\Näme [1] with_under")! })
        {
            foreach (var name in new[] { "Quote\"d\\", "Odd text", "Open text", "Empty text", "ShortNumber" }) Assert.True(key.Find("Deep")!.RemoveValue(name), name);
        }

        Assert.Equal(
            RegistryText.Lines(sample, times: false),
            RegistryText.Lines(seen.Find(@"HKEY_LOCAL_MACHINE\Software\VirtTools\Näme [1] with_under")!, times: false));
        Assert.NotEmpty(before);
        Assert.Equal(before, Sections(path, "VirtTools"));
        Assert.NotEmpty(Sections(path, "Other"));
    }

    [ToolFact("wine")]
    public void Regedit_imports_what_is_written_here()
    {
        var sample = RegistryText.Sample().Find(@"Software\Näme [1] with_under")!;

        // What regedit adds a NUL to, and what its code page lacks.
        foreach (var name in new[] { "Odd text", "Open text", "Empty text", "Unicode", "Quote\"d\\" }) Assert.True(sample.Find("Deep")!.RemoveValue(name), name);
        foreach (var version in new[] { RegFileVersion.Version5, RegFileVersion.Version4 })
        {
            string file = Path.Combine(wine.Folder, $"{version}.reg");
            File.WriteAllBytes(file, RegFile.FromTree(sample, RegRoot.LocalMachine, $@"Software\{version}").ToBytes(version));
            wine.Run("regedit", file);
        }

        var edits = new RegFile();
        edits.Edits.Add(new(RegRoot.LocalMachine, @"Software\Version4\Empty") { IsDeletion = true });
        edits.Edits.Add(new(RegRoot.LocalMachine, @"Software\Version4\Deep") { Values = [RegistryValue.Tombstone("Multi"), RegistryValue.Tombstone("")] });
        string deletions = Path.Combine(wine.Folder, "deletions.reg");
        File.WriteAllBytes(deletions, edits.ToBytes());
        wine.Run("regedit", deletions);
        wine.WaitForServer();

        var software = WineRegistryFile.Load(wine.RegistryFile("system.reg")).ToTree().Find("Software")!;
        Assert.Equal(RegistryText.Lines(sample, times: false), RegistryText.Lines(software.Find("Version5")!, times: false));
        sample.Remove("Empty");
        sample.Find("Deep")!.RemoveValue("Multi");
        sample.Find("Deep")!.RemoveValue("");
        Assert.Equal(RegistryText.Lines(sample, times: false), RegistryText.Lines(software.Find("Version4")!, times: false));
    }

    private static List<string> Sections(string path, string name)
    {
        var text = File.ReadAllText(path);
        return [.. text.Split("\n\n").Where(section => section.StartsWith($@"[Software\\{name}", StringComparison.Ordinal))];
    }

    private static void Same(byte[] expected, byte[] actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        if (at == expected.Length && at == actual.Length) return;
        int from = Math.Max(0, at - 100);
        Assert.Equal(Encoding.Latin1.GetString(expected, from, Math.Min(200, expected.Length - from)), Encoding.Latin1.GetString(actual, from, Math.Min(200, actual.Length - from)));
    }
}

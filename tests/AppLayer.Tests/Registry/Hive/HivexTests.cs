using System.Globalization;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtTools.Tests;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>Hives exchanged with hivex.</summary>
public sealed class HivexTests
{
    [LinuxFact]
    public void Hivex_exports_every_history_that_we_wrote() => Edits.ForAll(25, 40_000, edits =>
    {
        var tree = Edits.Tree(edits);
        using var hive = new HiveOnDisk(tree);
        AssertExports(tree, hive);
    });

    [LinuxFact]
    public void We_read_every_history_that_hivex_merged() => Edits.ForAll(25, 12_000, edits =>
    {
        using var hive = new HiveOnDisk(new RegistryKey(""));
        PeerTool.Run("hivexregedit", ["--merge", hive.Path], RegeditText.Of(edits));
        Assert.Equal(TreeText.Of(Edits.Tree(edits), false), TreeText.Of(hive.Read(), false));
    });

    [LinuxFact]
    public void A_hive_goes_on_between_us_and_hivex() => Edits.ForAll(10, 12_000, edits =>
    {
        var half = edits.Length / 2;
        RegistryEdit[] later = [.. edits[half..].Where(edit => !edit.IsRemoval), new("a", null, null, false), new("a", null, null, true)];
        using var ours = new HiveOnDisk(Edits.Tree(edits[..half]));
        PeerTool.Run("hivexregedit", ["--merge", ours.Path], RegeditText.Of(later));
        var expected = Edits.Tree([.. edits[..half], .. later]);
        var read = ours.Read();
        Assert.Equal(TreeText.Of(expected, false), TreeText.Of(read, false));

        using var again = new HiveOnDisk(read);
        AssertExports(expected, again);
    });

    [LinuxFact]
    public void Many_subkeys_large_data_and_names_in_many_scripts_are_exchanged()
    {
        var root = new RegistryKey("");
        foreach (var i in Enumerable.Range(0, 2500))
        {
            root.Create(string.Create(CultureInfo.InvariantCulture, $"many\\{(i % 3 == 0 ? "schlüssel" : i % 3 == 1 ? "ключ" : "key")} {i}"));
        }

        root.Set(new("large", RegistryValueType.Binary, Edits.Bytes(100_000, 1)));
        using var hive = new HiveOnDisk(root);
        AssertExports(root, hive);

        // hivex writes large data in one cell.
        PeerTool.Run("hivexregedit", ["--merge", hive.Path], RegeditText.Of(
        [
            new("many", "large too", new("large too", RegistryValueType.Binary, Edits.Bytes(20_000, 2)), false),
            new("many\\key 2", null, null, false),
            new("many\\key 2", null, null, true),
        ]));
        root.Find("many")!.Set(new("large too", RegistryValueType.Binary, Edits.Bytes(20_000, 2)));
        root.Find("many")!.Remove("key 2");
        Assert.Equal(TreeText.Of(root, false), TreeText.Of(hive.Read(), false));
    }

    [LinuxFact]
    public void Hivexsh_adds_keys_to_our_lists_and_deletes_them()
    {
        var root = new RegistryKey("");
        foreach (var i in Enumerable.Range(0, 700))
        {
            root.Create($"k{i:d4}");
        }

        using var hive = new HiveOnDisk(root);
        PeerTool.Run("hivexsh", ["-w", hive.Path],
            "cd \\\nadd k0300x\nadd zz\nadd aa\ncd k0300x\nadd inner\nsetval 2\nname\nstring:text\n@\ndword:7\ncd \\k0005\ndel\ncommit\nquit\n");
        var read = hive.Read();
        Assert.Equal(702, read.Subkeys.Count);
        Assert.Null(read.Find("k0005"));
        Assert.NotNull(read.Find("k0300x\\inner"));
        Assert.True(read.Find("k0300x")!.TryGetValue("", out var value));
        Assert.Equal(new RegistryValue("", RegistryValueType.Dword, new byte[] { 7, 0, 0, 0 }), value);
    }

    [LinuxFact]
    public void Names_have_the_hashes_that_hivex_gives_them()
    {
        using var hive = new HiveOnDisk(Edits.Tree([new("first", null, null, false)]));
        PeerTool.Run("hivexsh", ["-w", hive.Path], "cd \\\nadd Second_Key\nadd third-key-9\nadd FOURTH\ncommit\nquit\n");
        var found = HiveRules.Leaves(File.ReadAllBytes(hive.Path)).SelectMany(leaf => leaf).ToArray();
        Assert.Equal(["first", "FOURTH", "Second_Key", "third-key-9"], found.Select(entry => entry.Name));
        Assert.All(found, entry => Assert.Equal(HiveName.Hash(entry.Name), entry.Hash));
    }

    private static void AssertExports(RegistryKey tree, HiveOnDisk hive)
    {
        var export = PeerTool.Run("hivexregedit", ["--export", hive.Path, "\\"]);
        Assert.Equal(TreeText.Of(tree, false), TreeText.Of(RegeditText.Parse(export), false));
    }
}

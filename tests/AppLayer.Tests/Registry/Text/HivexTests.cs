using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Text;

namespace AppLayer.Tests.Registry.Text;

public sealed class HivexTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hivex");

    public void Dispose() => _folder.Delete(recursive: true);

    [ToolFact("hivexregedit")]
    public void Hivex_merges_and_exports_what_is_written_here()
    {
        var tree = RegistryText.Sample().Find(@"Software\Näme [1] with_under\Deep")!;

        // hivexregedit takes the bytes of a quoted text for characters, whatever its encoding.
        tree.Set(RegistryText.Value("Unicode", RegistryValueType.ExpandString, "äa€g\uD83D\uDE00"));
        var hive = Merge(RegFile.FromTree(tree, RegRoot.LocalMachine, "Deep"));
        Assert.Equal(RegistryText.Lines(tree, times: false), RegistryText.Lines(Export(hive).Find("Deep")!, times: false));
    }

    [ToolFact("hivexregedit")]
    public void Hivex_deletes_what_is_deleted_here()
    {
        var root = new RegistryKey("");
        foreach (var name in new[] { "a", "b" })
        {
            root.Create($@"k\{name}").Set(RegistryText.String("keep", "1"));
            root.Create($@"k\{name}").Set(RegistryText.String("go", "1"));
        }

        var hive = Merge(RegFile.FromTree(root, RegRoot.LocalMachine, ""));
        var edits = new RegFile();
        edits.Edits.Add(new(RegRoot.LocalMachine, @"k\a") { Values = [RegistryValue.Tombstone("go")] });
        edits.Edits.Add(new(RegRoot.LocalMachine, @"k\b") { IsDeletion = true });
        Merge(edits, hive);
        var tree = Export(hive);
        Assert.Equal(["keep"], tree.Find(@"k\a")!.Values.Select(value => value.Name));
        Assert.Null(tree.Find(@"k\b"));
    }

    // hivexregedit wants UTF-8 and LF.
    private string Merge(RegFile file, string? hive = null)
    {
        if (hive is null) File.WriteAllBytes(hive = Path.Combine(_folder.FullName, "hive"), EmptyHive.Create());
        string text = Encoding.Unicode.GetString(file.ToBytes())[1..].ReplaceLineEndings("\n");
        string input = Path.Combine(_folder.FullName, "in.reg");
        File.WriteAllText(input, text);
        Tool.Run("hivexregedit", ["--merge", "--prefix", "HKEY_LOCAL_MACHINE", hive, input]);
        return hive;
    }

    private static RegistryKey Export(string hive)
    {
        var text = Tool.Run("hivexregedit", ["--export", "--prefix", "HKEY_LOCAL_MACHINE", hive, @"\"]);
        var tree = new RegistryKey("");
        RegFile.Parse(Encoding.UTF8.GetBytes(text)).ApplyTo(tree);
        return tree.Find("HKEY_LOCAL_MACHINE")!;
    }
}

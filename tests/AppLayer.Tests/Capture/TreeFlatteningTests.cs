using AppLayer.Capture.Trees;
using AppLayer.Files;
using AppLayer.Store;
using AppLayer.Tests.Registry.Text;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Two layers as one: over any base, the one shows what the two show.</summary>
public sealed class TreeFlatteningTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "c"];

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => Tool.Run("rm", ["-rf", _folder.Path]);

    [Fact]
    public void One_layer_shows_over_any_base_what_two_showed()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var (upper, lower, below) = (Layer(random, true), Layer(random, true), Layer(random, false));
            var one = new FileTree(LayerPlatform.Linux, TreeFlattening.Flatten(upper, lower).Select(file => file.Entry));
            Assert.Equal(Show([upper, lower, below]), Show([one, below]));
        }
    }

    [LinuxFact]
    public void On_the_disk_too_with_its_links()
    {
        var (upper, lower) = (_folder["upper"], _folder["lower"]);
        Write(upper, "etc/settings", "new");
        Write(lower, "etc/settings", "old");
        Write(lower, "etc/kept", "kept");
        Tool.Run("bash", ["-ec", $"ln {lower}/etc/kept {lower}/etc/twin; ln -s kept {lower}/etc/link; mknod {upper}/etc/gone c 0 0; mkdir {upper}/etc/anew; "
            + $"setfattr -n user.overlay.opaque -v y {upper}/etc/anew; mkdir {lower}/etc/anew; echo 1 > {lower}/etc/anew/hidden; echo 1 > {lower}/etc/gone"]);
        TreeFlattening.Write(upper, lower, new(_folder["one"], LayerPlatform.Linux, StoreOperations.Instance), LayerPlatform.Linux, default);
        var one = FileScanner.Scan(_folder["one"], LayerPlatform.Linux).Files;
        Assert.Equal(
            ["{Root}", "{Root}/etc", "{Root}/etc/anew!", "{Root}/etc/gone deleted", "{Root}/etc/kept 1", "{Root}/etc/link -> kept", "{Root}/etc/settings", "{Root}/etc/twin 1"],
            one.Entries.Select(entry => entry.Path + (entry.Opaque ? "!" : "") + (entry.Kind == FileKind.Whiteout ? " deleted" : "")
                + (entry.Target is null ? "" : $" -> {entry.Target}") + (entry.HardLink > 0 ? $" {entry.HardLink}" : "")));
        Assert.Equal("new", File.ReadAllText(Path.Combine(_folder["one"], "etc/settings")));
    }

    [Fact]
    public void Names_of_Windows_are_one_in_any_case()
    {
        FileTree Tree(params string[] paths) => new(LayerPlatform.Windows, paths.Select(path => new FileEntry
        {
            Path = path.TrimEnd('*'), Kind = path.EndsWith('*') ? FileKind.File : FileKind.Directory,
        }));
        var one = TreeFlattening.Flatten(
            Tree("{ProgramFiles}", "{ProgramFiles}/DEMO", "{ProgramFiles}/DEMO/New.txt*"), Tree("{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/new.TXT*"));
        Assert.Equal(["{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/New.txt"], one.Select(file => file.Entry.Path));
        Assert.Equal("{ProgramFiles}/DEMO/New.txt", one[^1].Path);
    }

    // What overlayfs shows of trees, the first of which wins, by its rules alone.
    private static SortedDictionary<string, string> Show(FileTree[] trees)
    {
        var shown = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Visit("{Root}", [.. trees]);
        return shown;

        void Visit(string directory, List<FileTree> reached)
        {
            foreach (var name in Names)
            {
                var path = $"{directory}/{name}";
                var inside = new List<FileTree>();
                foreach (var tree in reached)
                {
                    if (!tree.TryGet(path, out var entry))
                    {
                        continue;
                    }

                    if (entry.Kind != FileKind.Directory)
                    {
                        if (inside.Count == 0 && entry.Kind == FileKind.File)
                        {
                            shown.Add(path, $"file {entry.Length}");
                        }

                        break;
                    }

                    inside.Add(tree);
                    if (entry.Opaque)
                    {
                        break;
                    }
                }

                if (inside.Count > 0)
                {
                    inside[0].TryGet(path, out var top);
                    shown.Add(path, $"directory {top!.Mode}");
                    Visit(path, inside);
                }
            }
        }
    }

    private static FileTree Layer(Random random, bool withMarks)
    {
        var entries = new List<FileEntry> { new() { Path = "{Root}", Kind = FileKind.Directory } };
        Fill("{Root}", 0);
        return new(LayerPlatform.Linux, entries);

        void Fill(string directory, int depth)
        {
            foreach (var name in Names)
            {
                var path = $"{directory}/{name}";
                switch (random.Next(withMarks ? 6 : 4))
                {
                    case 0 or 1 when depth < 3:
                        entries.Add(new() { Path = path, Kind = FileKind.Directory, Mode = random.Next(512), Opaque = withMarks && random.Next(4) == 0 });
                        Fill(path, depth + 1);
                        break;
                    case 2:
                        entries.Add(new() { Path = path, Kind = FileKind.File, Length = random.Next(1000) });
                        break;
                    case 4:
                        entries.Add(new() { Path = path, Kind = FileKind.Whiteout });
                        break;
                }
            }
        }
    }

    private static void Write(string root, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
        File.WriteAllText(Path.Combine(root, path), text);
    }
}

using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Capture;
using AppLayer.Files;
using AppLayer.Store;
using AppLayer.Tests.Registry.Text;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Tests.Capture;

/// <summary>A small system below a directory, and the root of VirtTools beside it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CapturedSystem : IDisposable
{
    /// <summary>What <see cref="Install"/> leaves, as <see cref="Describe"/> tells it.</summary>
    internal static readonly string[] Installed =
    [
        "{Root}", "{Root}/etc", "{Root}/etc/removed deleted", "{Root}/etc/settings 2", "{Root}/opt", "{Root}/opt/app", "{Root}/opt/app/data x 1",
        "{Root}/opt/app/link -> data", "{Root}/opt/app/names x 1", "{Root}/opt/app/run r", "{Root}/usr", "{Root}/usr/file now a file",
        "{Root}/usr/folder opaque", "{Root}/usr/folder/in it new", "{Root}/usr/gone deleted", "{Root}/usr/made opaque", "{Root}/usr/made/x x",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("captured");

    public CapturedSystem()
    {
        foreach (var directory in (string[])["usr", "etc", "opt", "var/log", "var/lib", "srv"])
        {
            Directory.CreateDirectory(this[directory]);
        }

        Write("etc/settings", "1");
        Write("etc/removed", "1");
        Write("etc/same", "1");
        Write("usr/gone/deep/file", "1");
        Write("usr/folder/in it", "old");
        Write("usr/folder/old", "old");
        Write("usr/file/was a directory", "1");
        Write("usr/made", "was a file");
        Write("var/log/old.log", "1");
        Layers = new(VirtRoot.At(Home));
        Sessions = new(VirtRoot.At(Home));
    }

    public string Root => Path.Combine(_folder.FullName, "root");

    public string Home => Path.Combine(_folder.FullName, "home");

    public CaptureSessions Sessions { get; }

    public LayerStore Layers { get; }

    public string this[string path] => Path.Combine(Root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
    }

    public Task<CaptureInfo> Start(string name = "by-hand", bool digests = false, CaptureSessions? sessions = null) => (sessions ?? Sessions).StartAsync(new()
    {
        Name = name, Platform = LayerPlatform.Linux, Root = Root, Digests = digests,
    });

    public Task<CaptureInfo> Start(bool digests) => Start("by-hand", digests);

    /// <summary>Waits until files' stat data alone say that they were changed.</summary>
    public async Task Settle()
    {
        // Files that were changed within the last three seconds are read.
        await Task.Delay(TimeSpan.FromSeconds(3.1));
        Assert.True(Directory.Exists(Root));
    }

    /// <summary>What an administrator does: every kind of change.</summary>
    public void Install()
    {
        Write("opt/app/run", "r");
        Write("opt/app/data", "x");
        Tool.Run("ln", [this["opt/app/data"], this["opt/app/names"]]);
        File.CreateSymbolicLink(this["opt/app/link"], "data");
        File.SetUnixFileMode(this["opt/app/run"], (UnixFileMode)Convert.ToInt32("755", 8));
        Write("etc/settings", "2");
        File.Delete(this["etc/removed"]);
        Directory.Delete(this["usr/gone"], recursive: true);
        Directory.Move(this["usr/folder"], this["usr/aside"]);
        Write("usr/folder/in it", "new");
        Directory.Delete(this["usr/aside"], recursive: true);
        Directory.Delete(this["usr/file"], recursive: true);
        Write("usr/file", "now a file");
        File.Delete(this["usr/made"]);
        Write("usr/made/x", "x");
        Write("var/log/app.log", "started");
        Write("usr/comes", "and goes");
        File.Delete(this["usr/comes"]);
    }

    /// <summary>A layer's files: paths, contents, links, deletions, numbers of hard links.</summary>
    internal IEnumerable<string> Describe(Guid layer) => Layers.ReadFiles(layer).Entries.Select(entry => entry.Path + entry.Kind switch
    {
        FileKind.Directory => entry.Opaque ? " opaque" : "",
        FileKind.Whiteout => " deleted",
        FileKind.SymbolicLink => $" -> {entry.Target}",
        _ => $" {File.ReadAllText(Path.Combine(Layers.TreeDirectory(layer), LayerLayout.Linux.PlaceOf(entry.Path)))}"
            + (entry.HardLink > 0 ? string.Create(CultureInfo.InvariantCulture, $" {entry.HardLink}") : ""),
    });

    public string CopyRoot(string name)
    {
        var copy = Path.Combine(_folder.FullName, name);
        Tool.Run("cp", ["-a", Root, copy]);
        return copy;
    }

    /// <summary>Puts a layer onto a directory, by its marks alone.</summary>
    public static void Apply(string tree, string directory)
    {
        foreach (var entry in FileScanner.Scan(tree, LayerPlatform.Linux).Files.Entries)
        {
            var place = LayerLayout.Linux.PlaceOf(entry.Path);
            var target = Path.Combine(directory, place);
            if (entry.Kind != FileKind.Directory || entry.Opaque || (place.Length > 0 && File.Exists(target)))
            {
                Tool.Run("rm", ["-rf", target]);
            }

            if (entry.Kind == FileKind.Directory)
            {
                Directory.CreateDirectory(target);
            }
            else if (entry.Kind != FileKind.Whiteout)
            {
                Tool.Run("cp", ["-a", Path.Combine(tree, place), target]);
            }
        }
    }

    /// <summary>What find sees: names, kinds, modes, links and contents' digests.</summary>
    public static string List(string directory) => Tool.Run("bash", ["-c",
        "cd \"$0\" && find . -mindepth 1 -printf '%p %y %m %l\\n' | LC_ALL=C sort && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum", directory]);

    internal LayerInfo Commit(string name, string version)
    {
        var tree = Path.Combine(_folder.FullName, "tree");
        Directory.CreateDirectory(tree);
        return Layers.Commit(new(tree), new(name, version, LayerPlatform.Linux));
    }

    public void Dispose() => Tool.Run("rm", ["-rf", _folder.FullName]);
}

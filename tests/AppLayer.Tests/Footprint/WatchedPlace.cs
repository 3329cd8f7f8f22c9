using AppLayer.Footprint;

namespace AppLayer.Tests.Footprint;

/// <summary>A directory with a little of everything, to be watched, and a place beside it for snapshots.</summary>
public sealed class WatchedPlace : IDisposable
{
    private static readonly DateTime Old = new(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("footprint");
    private int _snapshots;

    public WatchedPlace()
    {
        Write("bin/tool", "#!/bin/true\n");
        Write("etc/settings", "a=1\n");
        Write("etc/old", "to go\n");
        Write("private/layer/file", "the application's own\n");
        Write("system.reg", """
            WINE REGISTRY Version 2
            ;; All keys relative to \\Machine

            #arch=win64

            [Software\\Demo] 1700000000
            #time=1da1a2b3c4d5e6f
            "Name"="value"
            "Number"=dword:00000001

            [Software\\Demo\\Sub] 1700000000
            @="x"

            """.ReplaceLineEndings("\n"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "bin/link"), "tool");
        foreach (var path in Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Append(Root))
        {
            Age(path);
        }
    }

    public string Root => Path.Combine(_folder.FullName, "root");

    public string Beside => _folder.FullName;

    internal FootprintPlace Place => new(Root) { Excluded = [this["private"]], IsWinePrefix = true };

    public string this[string path] => Path.Combine(Root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[path])!);
        File.WriteAllText(this[path], text);
    }

    /// <summary>Gives a file the time that all had at first.</summary>
    public static void Age(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            Registry.Text.Tool.Run("touch", ["-h", "-d", "2020-01-02T03:04:05Z", path]);
        }
        else if (Directory.Exists(path))
        {
            Directory.SetLastWriteTimeUtc(path, Old);
        }
        else
        {
            File.SetLastWriteTimeUtc(path, Old);
        }
    }

    internal Task<FootprintSnapshot> Take() => FootprintSnapshot.TakeAsync([Place], Path.Combine(Beside, $"{++_snapshots}.footprint"));

    // Not by the runtime, which cannot name what is no text.
    public void Dispose() => Registry.Text.Tool.Run("rm", ["-rf", _folder.FullName]);
}

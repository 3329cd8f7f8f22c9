namespace AppLayer.Tests.Registry.Text;

/// <summary>A fresh prefix of Wine: a copy of one that is made once, which takes seconds. Nothing where there is no Wine.</summary>
public sealed class WinePrefix : IDisposable
{
    // Its programs are the same files, which nobody writes to; of the registry, which Wine writes in place where it has other names, true copies.
    private const string CopyCommands = """cp -al "$0/prefix" "$1"; rm "$1"/prefix/*.reg; cp -a "$0"/prefix/*.reg "$1/prefix" """;

    private static readonly Lazy<WinePrefix> First = new(() =>
    {
        var first = new WinePrefix(prefix =>
        {
            prefix.Run("wineboot", "-i");
            prefix.WaitForServer();
        });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => first.Dispose();
        return first;
    });

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wine");

    public WinePrefix()
        : this(prefix => Tool.Run("/bin/sh", ["-ec", CopyCommands, First.Value.Folder, prefix.Folder]))
    {
    }

    private WinePrefix(Action<WinePrefix> make)
    {
        if (ToolFactAttribute.IsThere("wine") && ToolFactAttribute.IsThere("wineserver")) make(this);
    }

    public string Folder => _folder.FullName;

    private Dictionary<string, string> Variables => new()
    {
        ["WINEPREFIX"] = Path.Combine(Folder, "prefix"),
        ["WINEDEBUG"] = "-all",
        ["WINEDLLOVERRIDES"] = "mscoree,mshtml=",
        ["DISPLAY"] = "",
        ["HOME"] = Folder,
    };

    public string RegistryFile(string name) => Path.Combine(Folder, "prefix", name);

    public void Run(params string[] arguments)
    {
        // Wine's server keeps the streams of its first program open; the shell gives it others.
        Tool.Run("/bin/sh", ["-c", "exec wine \"$@\" </dev/null >/dev/null 2>&1", "wine", .. arguments], Variables, 180);
    }

    /// <summary>Waits until the server has written the registry.</summary>
    public void WaitForServer() => Tool.Run("wineserver", ["-w"], Variables);

    public void Dispose()
    {
        if (Directory.Exists(RegistryFile("dosdevices"))) Tool.Run("/bin/sh", ["-c", "wineserver -k; wineserver -w"], Variables);
        _folder.Delete(recursive: true);
    }
}

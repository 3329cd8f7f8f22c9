using System.Buffers;
using System.Runtime.Versioning;
using AppLayer.Applications;
using AppLayer.Files;
using AppLayer.Mounting;
using AppLayer.Paths;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace AppLayer.Activation;

/// <summary>
/// A Wine prefix for Windows programs: an overlay of the writable layer, the layers and the base prefix, whose registry is composed of theirs.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class WineView(ApplicationDirectory application, ViewOrder order, ViewSources sources, WineInstallation wine, NamespaceKind kind)
    : ApplicationView(application, order, sources, kind)
{
    private const string Drive = "drive_c", SystemDirectory = @"C:\windows\system32";

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("\\/:*?\0");

    private static readonly PathTokens Tokens = new(LayerLayout.WineRoots);

    // Of Wine's own programs, which answer or never do.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private Dictionary<string, string> _environment = [];

    private string Prefix => Order.Prefix ?? Root;

    internal override void Open()
    {
        RestrictedFiles.CreateDirectory(Application.TemporaryFilesPath);
        if (Order.Prefix is null)
        {
            // The registry takes as long as the mounts.
            var leavings = new WineLeavings(Application, Sources, Order.Layers, Order.Rules);
            var composing = Task.Run(() => leavings.Compose(Order.Writable));
            var folders = UserFolders.Find();
            Mount(Sources.Base, Order.IsTemporary ? [] : DefaultRules.ForWindows(folders), folders);
            leavings.Save(composing.GetAwaiter().GetResult(), Root, Order.Writable);
        }

        // wineserver finds its processes in /proc by the numbers that they have in this namespace.
        MountProcesses("/proc");
    }

    internal override ProgramCommand Resolve(ProgramStart program)
    {
        var path = WindowsPath(program.Command);
        if (IsFullPath(path) && !File.Exists(UnixPath(path)))
        {
            throw NotFound(path);
        }

        var directory = program.WorkingDirectory is { } wanted ? WindowsPath(wanted)
            : IsFullPath(path) ? path[..path.LastIndexOf('\\')]
            : "C:";
        _environment = WineEnvironment.Make(program.Environment, wine, Prefix, Application.TemporaryFilesPath);
        // A prefix that is being made has no directories yet.
        var place = Order.Prefix is null ? UnixPath(directory) ?? throw NotFound(directory) : Prefix;
        string[] arguments = path.EndsWith(".msi", StringComparison.OrdinalIgnoreCase)
            ? [InSystemDirectory("msiexec") ?? "msiexec", "/i", path, "/qn", .. program.Arguments]
            : [IsName(path) && !MayBeIn(place, path) ? InSystemDirectory(path) ?? path : path, .. program.Arguments];
        return Command(wine.Loader, arguments, place);
    }

    // Wine would start a program of its own to search for a name, which starts what it finds. Like Windows it searches here second.
    private string? InSystemDirectory(string name)
    {
        var path = Path.GetExtension(name).ToUpperInvariant() switch
        {
            "" => $@"{SystemDirectory}\{name}.exe",
            ".EXE" or ".COM" => $@"{SystemDirectory}\{name}",
            _ => null,
        };
        return path is null || UnixPath(path) is null ? null : path;
    }

    // Where it searches first, for more extensions than one.
    private static bool MayBeIn(string directory, string name) =>
        Directory.EnumerateFiles(directory, name + "*", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Any();

    // Programs with windows are asked to close them; those of a console get Ctrl+C.
    internal override void AskToEnd(ProcessTree tree) => tree.SignalPrograms(Libc.SIGINT);

    // The server ends every process of its prefix and writes the registry.
    internal override void MakeEnd(ProcessTree tree)
    {
        if (_environment.Count == 0)
        {
            return; // Nothing was ever started.
        }

        var ended = tree.Start(Command(wine.Server, ["-k"], "/"), "/dev/null", "/dev/null");
        ended.Wait(Patience);
    }

    private ProgramCommand Command(string program, IReadOnlyList<string> arguments, string directory)
    {
        var command = NamespaceCommand.InView(new(program, arguments), Kind, null, null);
        return new(command.Program, command.Arguments, _environment, directory);
    }

    // C:\… of a token path; Z:\… of a path of the system.
    private static string WindowsPath(string text)
    {
        var path = Tokens.Detokenise(text);
        return path.StartsWith('/') ? $"Z:{path.Replace('/', '\\')}"
            : IsFullPath(path) ? path.Replace('/', '\\')
            : path;
    }

    // Of a file; what is none is Wine's to refuse.
    private static bool IsName(string path) => !path.AsSpan().ContainsAny(NotInNames);

    private static bool IsFullPath(string path) => path is [_, ':', '\\' or '/', ..];

    // Where a path of a Windows program is, whatever the case of its letters.
    private string? UnixPath(string path)
    {
        var parts = path.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        var place = parts[0].Equals("Z:", StringComparison.OrdinalIgnoreCase) ? "/"
            : parts[0].Equals("C:", StringComparison.OrdinalIgnoreCase) ? Path.Combine(Prefix, Drive)
            : Path.Combine(Prefix, "dosdevices", parts[0].ToLowerInvariant());
        foreach (var part in parts.AsSpan(1))
        {
            var exact = Path.Combine(place, part);
            var found = Path.Exists(exact) ? exact
                : Directory.Exists(place)
                    ? Directory.EnumerateFileSystemEntries(place).FirstOrDefault(entry => Path.GetFileName(entry).Equals(part, StringComparison.OrdinalIgnoreCase))
                    : null;
            if (found is null)
            {
                return null;
            }

            place = found;
        }

        return place;
    }
}

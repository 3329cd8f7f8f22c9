using System.Runtime.Versioning;
using AppLayer.Applications;
using AppLayer.Files;
using AppLayer.Mounting;
using VirtFoundation.Interop;

namespace AppLayer.Activation;

/// <summary>The system with the layers over it, for Linux programs, which see it as their root directory.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LinuxView(ApplicationDirectory application, ViewOrder order, ViewSources sources, NamespaceKind kind)
    : ApplicationView(application, order, sources, kind)
{
    // What programs find their own in where their starter says nothing (execvp(3)).
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal override void Open()
    {
        Mount("/", DefaultRules.ForLinux(), new Dictionary<string, string>());
        MountProcesses(Root + "/proc");
    }

    internal override ProgramCommand Resolve(ProgramStart program)
    {
        var path = FindProgram(program);
        var directory = program.WorkingDirectory is { } wanted ? SystemPath(wanted)
            : program.Command.Contains('/') ? Path.GetDirectoryName(path)!
            : "/";
        if (!InView(directory))
        {
            throw NotFound(directory);
        }

        var command = NamespaceCommand.InView(new(path, program.Arguments), Kind, Root, directory);
        return new(command.Program, command.Arguments, program.Environment, "/");
    }

    internal override void AskToEnd(ProcessTree tree) => ProcessTree.SignalAll(Libc.SIGTERM);

    internal override void MakeEnd(ProcessTree tree) => ProcessTree.SignalAll(Libc.SIGKILL);

    private string FindProgram(ProgramStart program)
    {
        if (program.Command.Contains('/') || program.Command.StartsWith('{'))
        {
            var path = SystemPath(program.Command);
            return InView(path) ? path : throw NotFound(path);
        }

        var places = program.Environment.GetValueOrDefault("PATH") is { Length: > 0 } named ? named : DefaultPath;
        return places.Split(':').Where(Path.IsPathRooted).Select(place => Path.Combine(place, program.Command)).FirstOrDefault(InView)
            ?? throw NotFound(program.Command);
    }

    private static string SystemPath(string text) => text.StartsWith('{') ? "/" + LayerLayout.Linux.PlaceOf(text) : text;

    // Links lead to where they lead in the view.
    private bool InView(string path)
    {
        using var view = Libc.OpenHandle(Root, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_CLOEXEC);
        var found = Libc.OpenAt2((int)view.DangerousGetHandle(), path, Libc.O_PATH | Libc.O_CLOEXEC, Libc.RESOLVE_IN_ROOT);
        if (found < 0)
        {
            return false;
        }

        _ = Libc.Close(found);
        return true;
    }
}

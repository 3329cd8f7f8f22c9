using VirtFoundation.Launching;

namespace AppLayer.Mounting;

/// <summary>
/// Starts programs in namespaces by util-linux's <c>unshare</c>. A process of this runtime has many threads, and the kernel gives none of
/// those a user namespace; so what mounts is started in one.
/// </summary>
internal static class NamespaceCommand
{
    internal const string Unshare = "unshare";

    /// <summary>
    /// The command that starts a program in a mount namespace of its own, with all it takes to mount in it. The program keeps the process's
    /// id, user, working directory and standard streams.
    /// </summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="kind">How it gets the namespace.</param>
    /// <param name="more">Options of <c>unshare</c> for more than that.</param>
    internal static WorkerCommand Around(WorkerCommand command, NamespaceKind kind, params string[] more) =>
        new(Unshare, [.. Options(kind), .. more, "--", "env", $"{MountNamespace.StarterVariable}={MountNamespace.Current}", command.Program, .. command.Arguments]);

    /// <summary>
    /// The command by which a process in such a namespace starts a program that shall see a view. In a user namespace the program gets none
    /// of the capabilities that its starter has: it is in another user namespace, which owns none of the mounts.
    /// </summary>
    /// <param name="command">The program and its arguments, as paths of the view.</param>
    /// <param name="kind">How the process that starts it got its namespace.</param>
    /// <param name="root">The directory that the program shall see as <c>/</c>; null for what it is already.</param>
    /// <param name="workingDirectory">A directory of the view; null to stay, which is impossible with another root.</param>
    internal static WorkerCommand InView(WorkerCommand command, NamespaceKind kind, string? root, string? workingDirectory)
    {
        if (root is not null && workingDirectory is null)
        {
            throw new ArgumentException("With another root, the working directory must be said.", nameof(workingDirectory));
        }

        List<string> options = kind == NamespaceKind.User ? ["--user", "--map-current-user"] : [];
        if (root is not null)
        {
            options.Add($"--root={root}");
        }

        if (workingDirectory is not null)
        {
            options.Add($"--wd={workingDirectory}");
        }

        return options.Count == 0 ? command : new(Unshare, [.. options, "--", command.Program, .. command.Arguments]);
    }

    /// <summary>What makes the namespaces. Ambient capabilities are what a program of an ordinary user starts with.</summary>
    internal static IReadOnlyList<string> Options(NamespaceKind kind) => kind == NamespaceKind.Root
        ? ["--mount", "--propagation", "private"]
        : ["--user", "--map-current-user", "--keep-caps", "--mount", "--propagation", "private"];
}

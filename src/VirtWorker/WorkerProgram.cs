using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using AppLayer.Applications;
using VirtEngine.Control;
using VirtWorker.Applications;
using VirtWorker.Machines;
using VirtWorker.Switches;

namespace VirtWorker;

/// <summary>The worker's command line.</summary>
internal static class WorkerProgram
{
    private const string Usage =
        "usage: VirtWorker machine|switch|application <directory> --socket <path> [--ready <path>]   (started by the VirtTools module)";

    /// <summary>Runs a worker to its end.</summary>
    /// <returns>The process's exit code: 0 in order, 1 after a failure that was told, 2 for a command line that is none.</returns>
    internal static async Task<int> RunAsync(string[] arguments, Func<IMachineFactory> factory)
    {
        if (arguments is not [var role, var directory, "--socket", var socket, .. var rest]
            || !(role is "machine" or SwitchDialect.Role || (role == ApplicationStarter.Role && OperatingSystem.IsLinux()))
            || rest is not ([] or ["--ready", _])
            || !Directory.Exists(directory))
        {
            await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var ready = rest is [_, var path] ? path : null;
        return await (role == ApplicationStarter.Role && OperatingSystem.IsLinux()
            ? RunApplicationAsync(directory, socket, ready)
            : role == SwitchDialect.Role ? RunSwitchAsync(directory, socket, ready)
            : RunMachineAsync(directory, socket, factory, ready)).ConfigureAwait(false);
    }

    // A role's own method, so that a worker loads the engine of its role alone: the other one would be some MiB of memory, and time.
    [SupportedOSPlatform("linux")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunApplicationAsync(string directory, string socket, string? ready) =>
        new ApplicationWorker(directory, socket).RunAsync(ready);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunSwitchAsync(string directory, string socket, string? ready) => new SwitchWorker(directory, socket).RunAsync(ready);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int> RunMachineAsync(string directory, string socket, Func<IMachineFactory> factory, string? ready) =>
        new MachineWorker(directory, socket, factory()).RunAsync(ready);
}

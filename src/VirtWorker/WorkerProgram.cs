using AppLayer.Applications;
using VirtWorker.Applications;
using VirtWorker.Machines;

namespace VirtWorker;

/// <summary>The worker's command line.</summary>
internal static class WorkerProgram
{
    private const string Usage =
        "usage: VirtWorker machine|application <directory> --socket <path> [--ready <path>]   (started by the VirtTools module)";

    /// <summary>Runs a worker to its end.</summary>
    /// <returns>The process's exit code: 0 in order, 1 after a failure that was told, 2 for a command line that is none.</returns>
    internal static async Task<int> RunAsync(string[] arguments, IMachineFactory factory)
    {
        if (arguments is not [var role, var directory, "--socket", var socket, .. var rest]
            || !(role == "machine" || (role == ApplicationStarter.Role && OperatingSystem.IsLinux()))
            || rest is not ([] or ["--ready", _])
            || !Directory.Exists(directory))
        {
            await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var ready = rest is [_, var path] ? path : null;
        return role == ApplicationStarter.Role && OperatingSystem.IsLinux()
            ? await new ApplicationWorker(directory, socket).RunAsync(ready).ConfigureAwait(false)
            : await new MachineWorker(directory, socket, factory).RunAsync(ready).ConfigureAwait(false);
    }
}

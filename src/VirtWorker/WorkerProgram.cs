namespace VirtWorker;

/// <summary>The worker's command line: a role, what it is to own, and how to tell its starter that it is ready.</summary>
internal static class WorkerProgram
{
    private const string Usage = "usage: VirtWorker machine <directory> --socket <path> [--ready <path>]   (started by the VirtTools module)";

    /// <summary>Runs a worker to its end.</summary>
    /// <returns>The process's exit code: 0 in order, 1 after a failure that was told, 2 for a command line that is none.</returns>
    internal static async Task<int> RunAsync(string[] arguments, IMachineFactory factory)
    {
        if (arguments is not ["machine", var directory, "--socket", var socket, .. var rest]
            || rest is not ([] or ["--ready", _]) || !Directory.Exists(directory))
        {
            await Console.Error.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var worker = new MachineWorker(directory, socket, factory);
        return await worker.RunAsync(rest is [_, var ready] ? ready : null).ConfigureAwait(false);
    }
}

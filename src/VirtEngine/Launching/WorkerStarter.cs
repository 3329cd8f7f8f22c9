using VirtEngine.Store;

namespace VirtEngine.Launching;

/// <summary>Starts a machine's worker and waits until its machine runs, or until it is known why not.</summary>
internal sealed class WorkerStarter(IWorkerLauncher launcher, Func<WorkerCommand> locate)
{
    // The worker loads a kernel from a slow disk at worst.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal async Task StartAsync(VirtRoot root, Guid id, MachineDirectory machine, CancellationToken cancellation)
    {
        root.Create();
        using var ready = new ReadySignal(root.SocketDirectory);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        wait.CancelAfter(Patience);
        var logged = LogLength(machine.WorkerLogPath);
        var ended = launcher.Launch(locate().With("machine", machine.Path, "--socket", root.SocketPath(id), "--ready", ready.Path), machine.WorkerLogPath);
        var word = ready.WaitAsync(wait.Token);
        try
        {
            if (await Task.WhenAny(word, ended).ConfigureAwait(false) == ended)
            {
                // Its last word, if it said one, waits in the socket, however busy this computer is: ours comes after it.
                await ReadySignal.SendAsync(ready.Path, Silent(await ended.ConfigureAwait(false), machine.WorkerLogPath, logged)).ConfigureAwait(false);
            }

            await word.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new VirtException(
                VirtErrorCode.WorkerUnresponsive, $"The worker did not get ready within {Patience.TotalMinutes:0} minutes; see '{machine.WorkerLogPath}'.");
        }
    }

    private static VirtException Silent(string end, string log, long logged) => new(
        VirtErrorCode.MachineStartFailed, $"The worker could not start: {end}. '{log}' says: {LogFrom(log, logged)}");

    private static long LogLength(string path) => new FileInfo(path) is { Exists: true } log ? log.Length : 0;

    // What this start wrote: the first words of a runtime that dies say why.
    private static string LogFrom(string path, long start)
    {
        var text = new char[1000];
        try
        {
            using var log = RestrictedFiles.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Position = start <= log.Length ? start : 0;
            using var reader = new StreamReader(log);
            return new string(text, 0, reader.ReadBlock(text)).Trim();
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }
}

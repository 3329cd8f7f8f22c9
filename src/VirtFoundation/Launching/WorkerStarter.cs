using VirtFoundation.Store;

namespace VirtFoundation.Launching;

/// <summary>Starts a worker and waits until what it owns runs, or until it is known why not.</summary>
internal sealed class WorkerStarter(IWorkerLauncher launcher, Func<WorkerCommand> locate)
{
    // The worker loads a kernel from a slow disk at worst.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    internal async Task StartAsync(VirtRoot root, WorkerOrder order, CancellationToken cancellation)
    {
        root.Create();
        using var ready = new ReadySignal(root.SocketDirectory);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        wait.CancelAfter(Patience);
        var logged = LogLength(order.LogPath);
        var ended = launcher.Launch(locate().With(order.Role, order.Directory, "--socket", root.SocketPath(order.Id), "--ready", ready.Path), order.LogPath);
        var word = ready.WaitAsync(wait.Token);
        try
        {
            if (await Task.WhenAny(word, ended).ConfigureAwait(false) == ended)
            {
                // Its last word, if it said one, waits in the socket, however busy this computer is: ours comes after it.
                await ReadySignal.SendAsync(ready.Path, Silent(await ended.ConfigureAwait(false), order, logged)).ConfigureAwait(false);
            }

            await word.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new VirtException(
                VirtErrorCode.WorkerUnresponsive, $"The worker did not get ready within {Patience.TotalMinutes:0} minutes; see '{order.LogPath}'.");
        }
    }

    private static VirtException Silent(string end, WorkerOrder order, long logged) => new(
        order.StartFailed, $"The worker could not start: {end}. '{order.LogPath}' says: {LogFrom(order.LogPath, logged)}");

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

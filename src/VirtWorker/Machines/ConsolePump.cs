using VirtEngine.Channels;
using VirtEngine.Consoles;
using VirtFoundation.Events;

namespace VirtWorker.Machines;

/// <summary>Carries what the guest writes to its console into the log, whoever listens.</summary>
internal static class ConsolePump
{
    /// <summary>Runs until the machine is gone.</summary>
    internal static async Task RunAsync(IGuestChannel console, ConsoleLog log, EventWriter events, CancellationToken cancellation)
    {
        var buffer = new byte[16 << 10];
        var lost = 0L;
        int read;
        try
        {
            while ((read = await console.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
            {
                var first = log.Length == 0;
                try
                {
                    log.Append(buffer.AsSpan(0, read));
                }
                catch (IOException e)
                {
                    // A full disk must not stop the guest: its words are lost, and that is noted once.
                    if (lost == 0)
                    {
                        WorkerProcess.Log($"console output lost: {e.Message}");
                    }

                    lost += read;
                }

                if (first && log.Length > 0)
                {
                    events.Tell(EventNames.ConsoleOutput);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            log.End();
        }
    }
}

using System.Threading.Channels;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtEngine.Consoles;

/// <summary>
/// A terminal connected to a machine's console: keys go to the guest, and what it writes to the screen. Others may be connected too.
/// </summary>
/// <param name="connection">The machine.</param>
/// <param name="terminal">The terminal, in raw mode.</param>
public sealed class ConsoleSession(MachineConnection connection, HostTerminal terminal)
{
    /// <summary>The key that ends a session, as telnet and virsh have it.</summary>
    public const string EscapeName = "Ctrl+]";

    // Ctrl and a letter or bracket send its code without the upper bits: ']' is 0x5D.
    private const byte Escape = 0x1D;
    private const byte Bell = 0x07;

    // Keys that wait for a guest which takes none; a paste of a few pages.
    private const int MostKeys = 1024;

    // What was typed before the end goes on its way, if the guest takes it.
    private static readonly TimeSpan FarewellPatience = TimeSpan.FromMilliseconds(500);

    private readonly Channel<byte[]> _keys =
        Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MostKeys) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource<ConsoleSessionEnd> _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs the session to its end.</summary>
    /// <param name="offset">Where to begin to show, in bytes from the run's start.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Why it ended.</returns>
    /// <exception cref="VirtException">The machine's worker is gone.</exception>
    public async Task<ConsoleSessionEnd> RunAsync(long offset, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = new Thread(ReadKeys) { IsBackground = true, Name = "terminal" };
        reading.Start();
        var (showing, typing) = (ShowAsync(offset, end.Token), TypeAsync(end.Token));
        try
        {
            if (await Task.WhenAny(_left.Task, showing).WaitAsync(cancellation).ConfigureAwait(false) == showing)
            {
                await showing.ConfigureAwait(false);
                return ConsoleSessionEnd.MachineOff;
            }

            await Task.WhenAny(typing, Task.Delay(FarewellPatience, cancellation)).ConfigureAwait(false);
            return await _left.Task.ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            terminal.Interrupt();
            // A screen that takes nothing (a terminal that was stopped) keeps nobody.
            await Task.WhenAny(Task.WhenAll(showing, typing), Task.Delay(FarewellPatience, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    private void ReadKeys()
    {
        Span<byte> buffer = stackalloc byte[256];
        int read;
        while ((read = terminal.Read(buffer)) > 0)
        {
            var keys = buffer[..read];
            var escape = keys.IndexOf(Escape);
            if (escape != 0 && !_keys.Writer.TryWrite((escape < 0 ? keys : keys[..escape]).ToArray()))
            {
                terminal.Write([Bell]); // The guest takes no keys, and these are too many to keep.
            }

            if (escape >= 0)
            {
                _keys.Writer.TryComplete();
                _left.TrySetResult(ConsoleSessionEnd.Escaped);
                return;
            }
        }

        _keys.Writer.TryComplete();
        _left.TrySetResult(ConsoleSessionEnd.TerminalClosed);
    }

    private async Task ShowAsync(long offset, CancellationToken cancellation)
    {
        await foreach (var part in connection.ReadConsoleAsync(offset, follow: true, cancellation).ConfigureAwait(false))
        {
            terminal.Write(part.Data.Span);
        }
    }

    private async Task TypeAsync(CancellationToken cancellation)
    {
        await foreach (var keys in _keys.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
        {
            try
            {
                await connection.WriteConsoleAsync(keys, cancellation).ConfigureAwait(false);
            }
            catch (VirtException e)
                when (e.Code is VirtErrorCode.MachineNotRunning or VirtErrorCode.MachineStateInvalid or VirtErrorCode.WorkerLost)
            {
                return; // It ends: what it wrote last, and why, comes the other way.
            }
        }
    }
}

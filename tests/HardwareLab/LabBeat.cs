using System.Net.Sockets;

namespace HardwareLab;

/// <summary>
/// Interrupts a lab ten times a second. QEMU 7.2 changes <c>interrupt_request</c> without its lock where a guest is entered and left
/// (target/i386/tcg/sysemu/svm_helper.c), and forgets an interrupt that comes in that moment: it stays pending in the local APIC until the
/// next one comes. When it was the one shot of the lab's timer, none came, and the lab stood still.
/// </summary>
internal sealed class LabBeat : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _beating;

    /// <summary>Waits for QEMU at a socket, and beats from then on.</summary>
    internal LabBeat(string socket)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen(1);
        _beating = BeatAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task BeatAsync()
    {
        try
        {
            using var port = await _listener.AcceptAsync(_end.Token).ConfigureAwait(false);
            using var timer = new PeriodicTimer(Interval);
            byte[] beat = [0];
            while (await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false)) await port.SendAsync(beat, _end.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The lab has ended, which those who wait for it tell.
        }
    }
}

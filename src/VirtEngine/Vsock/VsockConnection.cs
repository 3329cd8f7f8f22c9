using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using VirtEngine.Channels;
using VirtEngine.Virtio;

namespace VirtEngine.Vsock;

/// <summary>
/// One stream between guest and host. Two tasks carry it, each waiting where it can go no further; what they share with the device is
/// guarded by the device's lock. Both directions are bounded: by the buffer that the guest is told of, and by the credit that it gives.
/// </summary>
internal sealed class VsockConnection
{
    /// <summary>Bytes of the guest's that are kept for the host.</summary>
    internal const int Allocation = 64 << 10;

    private const int PartSize = 16 << 10;

    private static readonly BoundedChannelOptions OneSignal = new(1) { FullMode = BoundedChannelFullMode.DropWrite };

    private readonly VirtioVsock _device;
    private readonly ByteRing _toHost = new(Allocation);
    private readonly byte[] _toGuest = new byte[PartSize];
    private readonly Channel<bool> _hostSignal = Channel.CreateBounded<bool>(OneSignal), _guestSignal = Channel.CreateBounded<bool>(OneSignal);
    private Socket? _socket;
    private int _start, _end;
    private uint _received, _forwarded, _told, _sent, _guestAllocation, _guestForwarded;
    private bool _guestSendsNoMore, _guestTakesNoMore, _hostSendsNoMore;

    internal VsockConnection(VirtioVsock device, uint hostPort, uint guestPort, Socket? socket)
    {
        _device = device;
        HostPort = hostPort;
        GuestPort = guestPort;
        _socket = socket;
        IsFromHost = socket is not null;
    }

    /// <summary>Whether somebody on the host asked for it, and the guest has to answer.</summary>
    internal bool IsFromHost { get; }

    internal uint HostPort { get; }

    internal uint GuestPort { get; }

    /// <summary>Whether both sides have agreed.</summary>
    internal bool IsOpen { get; private set; }

    internal bool IsClosed { get; private set; }

    /// <summary>Whether it stands in the device's list of those with something to send.</summary>
    internal bool IsQueued { get; set; }

    internal VsockNotes Notes { get; set; }

    /// <summary>Bytes read from the host that may go to the guest.</summary>
    internal ReadOnlySpan<byte> Waiting => _toGuest.AsSpan(_start, (int)Math.Min((uint)(_end - _start), Credit));

    /// <summary>The shutdown flags of the host's side.</summary>
    internal uint ShutdownFlags => _hostSendsNoMore ? VsockHeader.SendsNoMore : 0;

    /// <summary>Bytes that the guest still has room for.</summary>
    private uint Credit
    {
        get
        {
            // A guest that claims to have forwarded what it was never sent has no credit.
            uint inFlight = _sent - _guestForwarded;
            return inFlight <= _guestAllocation ? _guestAllocation - inFlight : 0;
        }
    }

    /// <summary>Begins to carry; the lock is held.</summary>
    /// <param name="socket">The host's end, where it was not known before.</param>
    /// <param name="greet">Whether the host is told of the connection by a line.</param>
    internal void Open(Socket? socket, bool greet)
    {
        _socket ??= socket;
        IsOpen = true;
        _ = CarryAsync(() => ToHostAsync(greet));
        _ = CarryAsync(ToGuestAsync);
    }

    /// <summary>Ends at once; the lock is held.</summary>
    internal void Close()
    {
        IsClosed = true;
        Notes = VsockNotes.None;
        _start = _end = 0;
        _socket?.Dispose();
        Signal(_hostSignal);
        Signal(_guestSignal);
    }

    /// <summary>What the guest says of its buffer in every packet; the lock is held.</summary>
    internal void TakeCredit(uint allocation, uint forwarded)
    {
        _guestAllocation = allocation;
        _guestForwarded = forwarded;
        if (_start < _end) _device.Note(this, VsockNotes.None);
        Signal(_guestSignal);
    }

    /// <summary>Takes bytes of the guest; the lock is held.</summary>
    /// <returns>False if the guest sent more than it was allowed to, or after it had said that it would send no more.</returns>
    internal bool TryTake(VirtChain chain, uint length)
    {
        if (_guestSendsNoMore || length > (uint)_toHost.Free || length > Allocation - (_received - _forwarded)) return false;
        _received += length;
        while (length > 0)
        {
            var part = chain.Peek();
            part = part[..(int)Math.Min((uint)part.Length, length)];
            _toHost.Write(part);
            chain.Skip(part.Length);
            length -= (uint)part.Length;
        }
        Signal(_hostSignal);
        return true;
    }

    /// <summary>The guest closes one direction or both; the lock is held.</summary>
    internal void ShutDown(uint flags)
    {
        _guestSendsNoMore |= (flags & VsockHeader.SendsNoMore) != 0;
        _guestTakesNoMore |= (flags & VsockHeader.TakesNoMore) != 0;
        Signal(_hostSignal);
        Signal(_guestSignal);
    }

    /// <summary>Bytes of <see cref="Waiting"/> were sent to the guest; the lock is held.</summary>
    internal void Advance(int count)
    {
        _start += count;
        _sent += (uint)count;
        if (_start == _end) Signal(_guestSignal);
    }

    /// <summary>The header of a packet to the guest, with the credit that it tells of; the lock is held.</summary>
    internal VsockHeader Header(VsockOperation operation, int length = 0, uint flags = 0)
    {
        _told = _forwarded;
        return new(VirtioVsock.HostCid, VirtioVsock.GuestCid, HostPort, GuestPort, (uint)length, VsockHeader.Stream, operation, flags, Allocation, _forwarded);
    }

    private async Task CarryAsync(Func<Task> work)
    {
        try
        {
            await Task.Yield();
            await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _device.Abort(this);
        }
    }

    private async Task ToHostAsync(bool greet)
    {
        byte[] part = new byte[PartSize];
        if (greet)
        {
            int length = Encoding.ASCII.GetBytes($"OK {HostPort}\n", part);
            await SendAsync(part.AsMemory(0, length)).ConfigureAwait(false);
        }
        while (true)
        {
            int count;
            bool isLast;
            lock (_device.Gate)
            {
                if (IsClosed) return;
                count = _toHost.Read(part);
                isLast = count == 0 && _guestSendsNoMore;
            }
            if (isLast)
            {
                _socket!.Shutdown(SocketShutdown.Send);
                await WaitForEndAsync().ConfigureAwait(false);
                return;
            }
            if (count == 0)
            {
                await _hostSignal.Reader.ReadAsync().ConfigureAwait(false);
                continue;
            }
            await SendAsync(part.AsMemory(0, count)).ConfigureAwait(false);
            lock (_device.Gate)
            {
                _forwarded += (uint)count;
                // Before what the guest knows of falls below half: then it never has to wait for a word that does not come.
                if (!IsClosed && Allocation - (_received - _told) < Allocation / 2) _device.Note(this, VsockNotes.CreditUpdate);
            }
        }
    }

    // The guest has sent everything. When it takes nothing either, the connection is over (virtio 1.2, 5.10.6.6: answered by a reset).
    private async Task WaitForEndAsync()
    {
        while (true)
        {
            lock (_device.Gate)
            {
                if (IsClosed) return;
                if (_guestTakesNoMore) break;
            }
            await _hostSignal.Reader.ReadAsync().ConfigureAwait(false);
        }
        _device.Abort(this);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty) data = data[await _socket!.SendAsync(data, SocketFlags.None).ConfigureAwait(false)..];
    }

    private async Task ToGuestAsync()
    {
        while (true)
        {
            int room;
            lock (_device.Gate)
            {
                if (IsClosed || _guestTakesNoMore) return;
                room = _start == _end ? (int)Math.Min(Credit, PartSize) : 0;
            }
            if (room == 0)
            {
                await _guestSignal.Reader.ReadAsync().ConfigureAwait(false);
                continue;
            }
            int count = await _socket!.ReceiveAsync(_toGuest.AsMemory(0, room), SocketFlags.None).ConfigureAwait(false);
            lock (_device.Gate)
            {
                if (IsClosed) return;
                _hostSendsNoMore = count == 0;
                (_start, _end) = (0, count);
                _device.Note(this, count == 0 ? VsockNotes.Shutdown : VsockNotes.None);
                if (count == 0) return;
            }
        }
    }

    private static void Signal(Channel<bool> signal) => signal.Writer.TryWrite(true);
}

namespace VirtEngine.Channels;

/// <summary>
/// The host's end of a byte stream into the guest: a serial port, a port of the virtio console. Both directions are bounded: a guest that
/// does not read makes writers wait, a host that does not read makes the guest wait.
/// </summary>
public interface IGuestChannel
{
    /// <summary>Whether the guest has its end open. A serial port is always open.</summary>
    bool IsGuestOpen { get; }

    /// <summary>Raised when the guest opens or closes its end, on any thread.</summary>
    event Action<bool>? GuestOpenChanged;

    /// <summary>Reads what the guest wrote; waits until there is something. One reader at a time.</summary>
    /// <returns>Bytes read; 0 when the machine is gone.</returns>
    ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Writes to the guest; waits while the guest has no room. One writer at a time.</summary>
    /// <exception cref="IOException">The guest closed its end, or the machine is gone.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation);
}

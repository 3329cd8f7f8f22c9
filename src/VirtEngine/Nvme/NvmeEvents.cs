namespace VirtEngine.Nvme;

/// <summary>
/// Events that a guest is told of asynchronously (NVM Express 1.4, 5.2): here errors in its doorbells. One of them waits at the most; the next is
/// told when the guest has read the error log. The controller's lock is held around every call.
/// </summary>
internal sealed class NvmeEvents
{
    private readonly ushort[] _requests = new ushort[NvmeIdentify.MaximumEventRequests];
    private int _count;
    private byte? _waiting;
    private bool _masked;

    /// <summary>Keeps a command that asks for an event.</summary>
    /// <returns>False if there are too many.</returns>
    internal bool TryAdd(ushort command)
    {
        if (_count == _requests.Length) return false;
        _requests[_count++] = command;
        return true;
    }

    /// <summary>Takes a command back.</summary>
    internal bool TryRemove(ushort command)
    {
        int index = Array.IndexOf(_requests, command, 0, _count);
        if (index < 0) return false;
        _requests.AsSpan(index + 1, --_count - index).CopyTo(_requests.AsSpan(index));
        return true;
    }

    /// <summary>The guest did something wrong with a doorbell.</summary>
    /// <param name="information">0 for a queue that is not there, 1 for a value that cannot be.</param>
    internal void ReportDoorbell(byte information) => _waiting ??= information;

    /// <summary>The guest has read the error log: it may be told of more.</summary>
    internal void Unmask() => _masked = false;

    /// <summary>Whether something can be told.</summary>
    internal bool IsReady => _waiting is not null && _count > 0 && !_masked;

    /// <summary>Takes an event and the command that tells it; <see cref="IsReady"/> was true.</summary>
    internal (ushort Command, uint Result) Take()
    {
        uint result = (uint)_waiting!.Value << 8 | 1u << 16;     // an error; its log page is 1
        _waiting = null;
        _masked = true;
        return (_requests[--_count], result);
    }

    internal void Reset()
    {
        _count = 0;
        _waiting = null;
        _masked = false;
    }

    internal void Save(BinaryWriter writer)
    {
        writer.Write((byte)_count);
        foreach (ushort request in _requests) writer.Write(request);
        writer.Write(_waiting ?? byte.MaxValue); writer.Write(_masked);
    }

    internal void Load(BinaryReader reader)
    {
        _count = reader.ReadByte();
        if (_count > _requests.Length) throw new InvalidDataException($"{_count} requests for NVMe events.");
        for (int i = 0; i < _requests.Length; i++) _requests[i] = reader.ReadUInt16();
        _waiting = reader.ReadByte() is var waiting and not byte.MaxValue ? waiting : null;
        _masked = reader.ReadBoolean();
    }
}

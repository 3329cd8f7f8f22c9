using System.Collections.Concurrent;
using VirtEngine.Bus;

namespace VirtEngine.Tests.Chipset;

/// <summary>Keeps the messages that devices send in place of a partition.</summary>
internal sealed class RecordingMsi : IMsiTarget
{
    internal ConcurrentQueue<(ulong Address, uint Data)> Messages { get; } = new();

    public void SendMsi(ulong address, uint data) => Messages.Enqueue((address, data));

    /// <summary>Takes all messages out.</summary>
    internal (ulong Address, uint Data)[] Take()
    {
        var all = new List<(ulong, uint)>();
        while (Messages.TryDequeue(out var message)) all.Add(message);
        return [.. all];
    }
}

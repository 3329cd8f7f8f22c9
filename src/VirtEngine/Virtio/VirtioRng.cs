using VirtEngine.Memory;

namespace VirtEngine.Virtio;

/// <summary>
/// The entropy device (virtio 1.2, 5.4), fed by the host's cryptographic generator. A request gets at most 4 KiB, which bounds
/// what one notification costs; drivers take short answers and ask again.
/// </summary>
internal sealed class VirtioRng(GuestMemory memory) : VirtioDevice(memory, QueueSize)
{
    private const ushort QueueSize = 64;
    private const int Limit = 4096;

    private readonly VirtChain _chain = new(memory, QueueSize);

    internal override ushort DeviceType => 4;

    internal override uint PciClass => 0x00FF00;

    protected override void Serve(int index)
    {
        var queue = Queues[index];
        bool any = false;
        for (int i = 0; i < queue.Size && queue.TryPop(_chain); i++)
        {
            while (_chain.Written < Limit && _chain.Room() is { IsEmpty: false } room)
            {
                var part = room[..Math.Min(room.Length, Limit - (int)_chain.Written)];
                HostEntropy.Fill(part);
                _chain.Advance(part.Length);
            }
            queue.Push(_chain);
            any = true;
        }
        if (any) TellUsed(index);
    }
}

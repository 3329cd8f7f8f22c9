using System.Text;
using VirtEngine.Channels;

namespace VirtEngine.Virtio;

/// <summary>A port of the console device.</summary>
/// <param name="number">Its number, 1 or higher: port 0 is kept for a console.</param>
/// <param name="name">The name that the guest sees it by.</param>
/// <param name="channel">The host's end.</param>
internal sealed class VirtioConsolePort(int number, string name, GuestChannel channel)
{
    internal int Number => number;

    internal GuestChannel Channel => channel;

    /// <summary>The name in UTF-8.</summary>
    internal byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>Queue of buffers for the guest to receive into; port 0 has 0 and 1, the control queues 2 and 3.</summary>
    internal int ReceiveQueue => 2 + 2 * number;

    /// <summary>Queue of buffers that the guest sends.</summary>
    internal int TransmitQueue => ReceiveQueue + 1;

    /// <summary>Bytes of the request at the head of the transmit queue that the host has taken, while it has no room for the rest.</summary>
    internal long Taken { get; set; }
}

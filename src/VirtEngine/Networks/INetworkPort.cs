namespace VirtEngine.Networks;

/// <summary>
/// The host's end of a network adapter: where its frames go and come from. It outlives the device: after a reset the new device takes it
/// over. Frames out: the device's thread alone calls <see cref="Append"/> and <see cref="Flush"/>.
/// </summary>
internal interface INetworkPort : IDisposable
{
    /// <summary>Whether frames pass: a switch may be away.</summary>
    bool IsUp { get; }

    /// <summary>What passed and what was lost.</summary>
    NetworkCounters Counters { get; }

    /// <summary>Who takes the frames that come in; null while there is no device.</summary>
    INetworkReceiver? Receiver { get; set; }

    /// <summary>Room for a frame that goes out with the next <see cref="Flush"/>. Never waits.</summary>
    /// <param name="length">Bytes, such as <see cref="EthernetFrame.IsCarried"/> allows.</param>
    /// <returns>Empty if the frame is lost.</returns>
    Span<byte> Append(int length);

    /// <summary>Sends what was appended. Waits for a second at most.</summary>
    void Flush();
}

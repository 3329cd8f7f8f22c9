namespace VirtEngine.Networks;

/// <summary>A network device, as its port sees it. Calls come on the port's thread.</summary>
internal interface INetworkReceiver
{
    /// <summary>A frame for the guest. May wait a moment for the guest's buffers.</summary>
    /// <returns>False if it was lost.</returns>
    bool Receive(ReadOnlySpan<byte> frame);

    /// <summary><see cref="INetworkPort.IsUp"/> changed.</summary>
    void LinkChanged();
}

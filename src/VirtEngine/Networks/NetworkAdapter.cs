using VirtEngine.Machines;
using VirtFoundation;

namespace VirtEngine.Networks;

/// <summary>A network adapter's address and the host's end of its cable, which outlive a reset of the machine.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The host's end.</param>
internal sealed record NetworkAdapter(MacAddress Address, INetworkPort Port)
{
    /// <summary>Plugs an adapter in. A switch may come later, a TAP interface must be there.</summary>
    /// <param name="options">What to plug into.</param>
    /// <param name="machine">The machine, which the address is made from.</param>
    /// <param name="index">The adapter's number in the machine.</param>
    /// <exception cref="VirtException">The TAP interface cannot be used.</exception>
    /// <exception cref="ArgumentException">The options name no address, or not one end.</exception>
    internal static NetworkAdapter Open(NetworkAdapterOptions options, Guid machine, int index)
    {
        var address = MacAddress.For(machine, index);
        if (options.Address is { } text && (!MacAddress.TryParse(text, out address) || address.IsGroup || address.Value == 0))
            throw new ArgumentException($"'{text}' is no adapter's address.", nameof(options));
        string name = $"net{index}";
        return (options.SwitchSocket, options.Tap) switch
        {
            ({ } socket, null) => new(address, new NetworkPort(name, () => socket() is { } path ? SocketLink.TryConnect(path) : null)),
            (null, { } tap) when OperatingSystem.IsLinux() => new(address, new NetworkPort(name, () => null, TapLink.Open(tap))),
            (null, not null) => throw new VirtException(VirtErrorCode.NetworkUnavailable, "TAP interfaces are Linux's; plug the adapter into a switch."),
            _ => throw new ArgumentException("An adapter is plugged into a switch or a TAP interface.", nameof(options)),
        };
    }
}

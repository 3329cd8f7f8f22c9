namespace VirtEngine.GuestAgent;

/// <summary>A network interface of the guest (<c>guest-network-get-interfaces</c>).</summary>
/// <param name="Name">The guest's name for it.</param>
/// <param name="HardwareAddress">Its MAC address, or null.</param>
/// <param name="Addresses">Its addresses as <c>10.0.0.2/24</c>.</param>
public sealed record GuestNetworkInterface(string Name, string? HardwareAddress, IReadOnlyList<string> Addresses);

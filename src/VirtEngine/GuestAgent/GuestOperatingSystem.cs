namespace VirtEngine.GuestAgent;

/// <summary>What the guest says about its operating system (<c>guest-get-osinfo</c>, <c>guest-get-host-name</c>).</summary>
/// <param name="Id">Short name: <c>debian</c>, <c>mswindows</c>.</param>
/// <param name="Name">Name with version, for people.</param>
/// <param name="KernelRelease">Release of the kernel.</param>
/// <param name="Architecture">Machine hardware name.</param>
/// <param name="ComputerName">The guest's own name for itself.</param>
public sealed record GuestOperatingSystem(string? Id, string? Name, string? KernelRelease, string? Architecture, string? ComputerName);

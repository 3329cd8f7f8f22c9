namespace VirtEngine.Machines;

/// <summary>Everything a machine is built from, with names resolved to files and defaults filled in.</summary>
public sealed record MachineOptions
{
    /// <summary>The machine's identity: SMBIOS UUID.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name an admin gave it, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Virtual processors, 1 to 8.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Bytes of RAM, a multiple of 2 MiB.</summary>
    public ulong Memory { get; init; } = 512ul << 20;

    /// <summary>The hypervisor's name (<c>software</c>, <c>kvm</c>, <c>whp</c>), or null for the best that a probe has proven.</summary>
    public string? Hypervisor { get; init; }

    /// <summary>The CPU and clock profile: <c>portable</c> or <c>host</c>.</summary>
    public string Profile { get; init; } = "portable";

    /// <summary>Path of the kernel: a bzImage or an ELF image.</summary>
    public required string Kernel { get; init; }

    /// <summary>Path of the initial RAM disk, or null.</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>The disks, in the order in which the guest finds them.</summary>
    public IReadOnlyList<DiskOptions> Disks { get; init; } = [];

    /// <summary>Path of the Unix socket that leads to the guest's socket device, or null for a machine without one.</summary>
    public string? VsockPath { get; init; }

    /// <summary>The network adapters, in the order in which the guest finds them; 8 at most.</summary>
    public IReadOnlyList<NetworkAdapterOptions> Networks { get; init; } = [];
}

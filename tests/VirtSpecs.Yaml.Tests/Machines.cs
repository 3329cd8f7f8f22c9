using FsCheck;
using FsCheck.Fluent;
using static VirtSpecs.Yaml.Tests.Texts;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Machines of every shape that the rules allow.</summary>
internal static class Machines
{
    private static Gen<MachineBoot> Boots =>
        from commandLine in Optional(Lines(200))
        from boot in Gen.OneOf(
            from image in Names select new MachineBoot { Image = image },
            from kernel in Paths from initrd in Optional(Paths) select new MachineBoot { Kernel = kernel, Initrd = initrd })
        select boot with { CommandLine = commandLine };

    private static Gen<MachineDisk> Disks =>
        from name in Names
        from path in Paths
        from parent in Optional(Paths)
        from bus in Gen.Elements(Enum.GetValues<DiskBus>())
        from readOnly in Gen.Elements(true, false)
        from bytes in Gen.Elements<ByteSize?>(null, ByteSize.FromMiB(1), ByteSize.FromGiB(3))
        from operations in Gen.Elements<int?>(null, 1, 5000)
        select new MachineDisk
        {
            Name = name, Path = path, Parent = parent, Bus = bus, ReadOnly = readOnly,
            Limits = new() { BytesPerSecond = bytes, OperationsPerSecond = operations },
        };

    private static Gen<MachineNetwork> Networks =>
        from name in Names
        from isTap in Gen.Elements(true, false)
        from mac in Gen.Elements(null, "02:00:00:00:00:01", "52-54-00-AB-cd-EF")
        from address in Gen.Elements(null, "10.0.0.1/24", "fe80::1/64", "0.0.0.0/0")
        select new MachineNetwork { Switch = isTap ? null : name, Tap = isTap ? "tap0" : null, Mac = mac, Address = address };

    /// <summary>Machines that can be read and written.</summary>
    public static Gen<Machine> All =>
        from name in Names
        from processors in Gen.Choose(1, 8)
        from memory in Gen.OneOf(Gen.Choose(32, 1 << 19).Select(pages => pages * 2), Gen.Constant(512))
        from profile in Gen.Elements(Enum.GetValues<MachineProfile>())
        from hypervisor in Gen.Elements<HypervisorKind?>(null, HypervisorKind.Kvm, HypervisorKind.Whp, HypervisorKind.Software)
        from boot in Boots
        from disks in Disks.ListOf(2)
        from networks in Networks.ListOf(2)
        from applications in Gen.Choose(0, 3).SelectMany(count => Names.ListOf(count))
        from autoStart in Gen.Elements(true, false)
        from timeout in Gen.OneOf(Gen.Choose(0, 86_400_000), Gen.Constant(30_000))
        from labels in Labels
        from notes in Notes
        from some in Gen.Elements(true, false)
        select new Machine
        {
            Name = name,
            Processors = processors,
            Memory = ByteSize.FromMiB(memory),
            Profile = profile,
            Hypervisor = hypervisor,
            Boot = boot,
            Disks = some ? [.. disks.DistinctBy(disk => disk.Name.ToUpperInvariant())] : [],
            Networks = some ? [.. networks.Select((network, index) => index == 0 ? network : network with { Mac = null })] : [],
            Applications = [.. applications],
            AutoStart = autoStart,
            Stop = new() { Timeout = TimeSpan.FromMilliseconds(timeout) },
            Labels = some ? labels : LabelDictionary.None,
            Notes = notes,
        };
}

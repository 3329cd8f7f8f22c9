using VirtEngine.Images;
using VirtEngine.Machines;
using VirtEngine.Store;
using VirtFoundation.Store;
using VirtSpecs;
using Machine = VirtEngine.Machines.Machine;

namespace VirtWorker.Machines;

/// <summary>Builds machines with the engine: finds what they boot.</summary>
internal sealed class EngineMachineFactory : IMachineFactory
{
    public IMachine Create(MachineRecord record, VirtRoot root)
    {
        var options = Resolve(record, root);
        CheckMemory(options.Memory, (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        return Machine.Create(options);
    }

    private static NetworkAdapterOptions Resolve(MachineNetwork network, SwitchStore switches)
    {
        if (network.Switch is not { } name)
        {
            return new() { Address = network.Mac, Tap = network.Tap };
        }

        switches.Get(name); // One that is stopped may come later; one that is not there is an error.
        return new() { Address = network.Mac, SwitchSocket = () => switches.FindNetworkSocket(name) };
    }

    // What the images' guests take; others pass over it.
    private static string Addresses(VirtSpecs.Machine spec) => string.Concat(spec.Networks.Index()
        .Where(network => network.Item.Address is not null)
        .Select(network => $" virttools.address{network.Index}={network.Item.Address}"));

    // The system hands memory out as the guest touches it: without a limit the machine would start, and be killed in the midst of its work.
    internal static void CheckMemory(ulong wanted, ulong available)
    {
        if (wanted > available)
        {
            throw new InsufficientMemoryException($"It asks for {wanted >> 20} MiB, and this computer has {available >> 20} MiB.");
        }
    }

    internal static MachineOptions Resolve(MachineRecord record, VirtRoot root)
    {
        var spec = record.Spec;
        var image = spec.Boot.Image is { } name ? new ImageStore(root.Directory).Find(name) : null;
        var kernel = image?.KernelPath ?? spec.Boot.Kernel!;
        var initrd = image is null ? spec.Boot.Initrd : image.InitrdPath;
        foreach (var file in new[] { kernel, initrd })
        {
            if (file is not null && !File.Exists(file))
            {
                throw Directory.Exists(file)
                    ? new InvalidDataException($"'{file}' is a directory.")
                    : new FileNotFoundException($"'{file}' does not exist.", file);
            }
        }

        return new()
        {
            Id = record.Id,
            Name = spec.Name,
            Processors = spec.Processors,
            Memory = (ulong)spec.Memory.Bytes,
            Hypervisor = spec.Hypervisor?.ToString().ToLowerInvariant(),
            Profile = spec.Profile.ToString().ToLowerInvariant(),
            Kernel = kernel,
            Initrd = initrd,
            Disks =
            [
                .. spec.Disks.Select(disk => new DiskOptions
                {
                    Name = disk.Name,
                    Path = disk.Path,
                    Bus = disk.Bus,
                    ReadOnly = disk.ReadOnly,
                    BytesPerSecond = disk.Limits.BytesPerSecond?.Bytes,
                    OperationsPerSecond = disk.Limits.OperationsPerSecond,
                }),
            ],
            CommandLine = (spec.Boot.CommandLine ?? image?.CommandLine ?? "console=ttyS0") + Addresses(spec),
            VsockPath = MachineDirectory.VsockSocket(root.SocketPath(record.Id)),
            Networks = [.. spec.Networks.Select(network => Resolve(network, new SwitchStore(root)))],
        };
    }
}

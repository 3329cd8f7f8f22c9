using VirtEngine.Acpi;
using VirtEngine.Balloons;
using VirtEngine.Boot;
using VirtEngine.Bus;
using VirtEngine.Channels;
using VirtEngine.Chipset;
using VirtEngine.Disks;
using VirtEngine.Hypervisors;
using VirtEngine.Memory;
using VirtEngine.Networks;
using VirtEngine.Nvme;
using VirtEngine.Pci;
using VirtEngine.Smbios;
using VirtEngine.State;
using VirtEngine.Time;
using VirtEngine.Virtio;
using VirtEngine.Vsock;
using VirtFoundation.Formats;
using VirtSpecs;

namespace VirtEngine.Machines;

/// <summary>
/// The board of a machine from power-up to the next reset: memory, time, bus, partition, chipset, PCI devices and the tables that describe
/// them. Everything in it is made anew after a reset, but for the channels, which are the host's.
/// </summary>
internal sealed class PcPlatform : IDisposable
{
    private const ushort LocalApicSpurious = 0xF0, LocalApicLint0 = 0x350, LocalApicLint1 = 0x360;
    private const int ConsoleSlot = 1, RngSlot = 2, NvmeSlot = 3, FirstBlockSlot = 4, FirstNetworkSlot = 16, VsockSlot = 30, BalloonSlot = 31;

    private readonly IPartition _partition;
    private readonly PciBus _pci = new();
    private readonly Uart _com1;
    private readonly PowerManagement _powerManagement;
    private readonly ulong _rsdp;

    /// <summary>Builds the board.</summary>
    /// <param name="options">What the machine is made of.</param>
    /// <param name="hypervisor">Runs its processors.</param>
    /// <param name="profile">What they are told.</param>
    /// <param name="console">The host's end of COM1.</param>
    /// <param name="agent">The host's end of the guest agent's port.</param>
    /// <param name="disks">The open disks; they stay the machine's.</param>
    /// <param name="networks">The host's ends of the network adapters.</param>
    /// <param name="vsock">The host's side of the socket device, or null.</param>
    /// <param name="balloon">The host's side of the balloon.</param>
    /// <param name="power">Hears of resets and power off.</param>
    internal PcPlatform(
        MachineOptions options, IHypervisor hypervisor, CpuProfile profile, GuestChannel console, GuestChannel agent,
        IReadOnlyList<(DiskOptions Options, IBlockDevice Device)> disks, IReadOnlyList<NetworkAdapter> networks, VsockListener? vsock,
        BalloonControl balloon, IPowerControl power)
    {
        Memory = new GuestMemory(options.Memory);
        Clock = new MachineClock();
        var bus = new GuestBus();
        _partition = CreatePartition(hypervisor, options.Processors, profile, bus);

        var pic = new PicPair(_partition.SetExternalInterrupt);
        var ioApic = new IoApic(_partition);
        _partition.EndOfInterrupt += ioApic.EndOfInterrupt;
        ioApic.EntryChanged += _partition.SetIoApicEntry;
        var router = new InterruptRouter(pic, ioApic);
        var pit = new Pit(Clock, router.Isa(0));
        var rtc = new RealTimeClock(Clock, TimeProvider.System, router.Isa(8), options.Memory);
        _com1 = new Uart(Clock, router.Isa(Uart.Com1Line), console, Uart.Com1, "uart.com1");
        var keyboard = new KeyboardController(power);
        var reset = new ResetControl(power);
        _powerManagement = new PowerManagement(Clock, router.Isa(InterruptRouter.SystemControlInterrupt), power);
        var ports = new PciConfigPorts(_pci);

        var agentPort = new VirtioConsolePort(1, "org.qemu.guest_agent.0", agent);
        _pci.Add(0, new HostBridge(bus));
        Add(ConsoleSlot, new VirtioConsole(Memory, agentPort), "virtio.console");
        Add(RngSlot, new VirtioRng(Memory), "virtio.rng");
        NvmeNamespace[] namespaces = [.. disks.Where(disk => disk.Options.Bus == DiskBus.Nvme)
            .Select((disk, index) => new NvmeNamespace((uint)index + 1, disk.Options.Name, options.Id, disk.Device))];
        if (namespaces.Length > 0)
            _pci.Add(NvmeSlot, new NvmeController(bus, Memory, _partition, router.Pci(NvmeSlot, 0), options.Id, namespaces));
        int slot = FirstBlockSlot;
        foreach (var (disk, device) in disks.Where(disk => disk.Options.Bus == DiskBus.Virtio))
            Add(slot++, new VirtioBlk(Memory, device, disk.Name, options.Processors), $"virtio.blk.{disk.Name}");
        for (int i = 0; i < networks.Count; i++)
            Add(FirstNetworkSlot + i, new VirtioNet(Memory, networks[i].Address, networks[i].Port), $"virtio.net{i}");
        if (vsock is not null) Add(VsockSlot, new VirtioVsock(Memory, vsock), "virtio.vsock");
        Add(BalloonSlot, new VirtioBalloon(Memory, balloon), "virtio.balloon");

        pic.Map(bus);
        ioApic.Map(bus);
        pit.Map(bus);
        rtc.Map(bus);
        _com1.Map(bus);
        keyboard.Map(bus);
        reset.Map(bus);
        _powerManagement.Map(bus);
        ports.Map(bus);
        new PciEcam(_pci).Map(bus);
        _pci.AssignBars(AcpiLayout.LowWindowStart, AcpiLayout.LowWindowEnd);
        // What firmware leaves: the system control interrupt is a level in both interrupt controllers.
        bus.WritePort(0x4D1, 1, 1 << (InterruptRouter.SystemControlInterrupt - 8));

        Devices = [pic, ioApic, pit, rtc, _com1, keyboard, reset, _powerManagement, ports, .. _pci.Functions.Select(f => f.Function)];
        _rsdp = AcpiTables.Write(Memory, new AcpiLayout(options.Processors, HighWindow));
        SmbiosTables.Write(Memory, options.Id, options.Processors);

        void Add(int slot, VirtioDevice device, string name) =>
            _pci.Add(slot, new VirtioPciFunction(bus, device, _partition, router.Pci(slot, 0), name, _partition));
    }

    private IPartition CreatePartition(IHypervisor hypervisor, int processors, CpuProfile profile, GuestBus bus)
    {
        try
        {
            return hypervisor.CreatePartition(new PartitionOptions
            {
                Memory = Memory, Bus = bus, Clock = Clock, ProcessorCount = processors, Profile = profile,
            });
        }
        catch
        {
            Clock.Dispose();
            Memory.Dispose();
            throw;
        }
    }

    internal GuestMemory Memory { get; }

    private MachineClock Clock { get; }

    /// <summary>Time that passed for the guest since power-up.</summary>
    internal TimeSpan GuestTime => TimeSpan.FromTicks(Clock.Now / TimeSpan.NanosecondsPerTick);

    internal IReadOnlyList<IVirtualProcessor> Processors => _partition.Processors;

    /// <summary>Every device with state of its own.</summary>
    internal IReadOnlyList<IStatefulDevice> Devices { get; }

    /// <summary>First GiB behind all RAM.</summary>
    private ulong HighWindow
    {
        get
        {
            const ulong gibibyte = 1 << 30;
            return (Math.Max(Memory.Regions[^1].End, GuestMemory.HoleEnd) + gibibyte - 1) & ~(gibibyte - 1);
        }
    }

    /// <summary>Loads the kernel and sets the processors as firmware hands them over.</summary>
    /// <param name="options">Names the kernel.</param>
    /// <param name="load">The loader.</param>
    internal void Boot(MachineOptions options, Func<GuestMemory, BootParameters, BootState> load)
    {
        var boot = Load(options, load);
        foreach (var processor in Processors)
        {
            var state = processor.GetState();
            if (processor.Index == 0)
            {
                boot.ApplyTo(state);
                SetVirtualWire(state.LocalApic);
            }
            else state.Activity = ProcessorActivity.WaitForSipi;
            processor.SetState(state);
        }
    }

    private BootState Load(MachineOptions options, Func<GuestMemory, BootParameters, BootState> load)
    {
        try
        {
            return load(Memory, new BootParameters
            {
                Kernel = options.Kernel, Initrd = options.Initrd, CommandLine = options.CommandLine, MemoryMap = MemoryMap(), RsdpAddress = _rsdp,
            });
        }
        catch (MalformedDataException e)    // says what is wrong in the file, not which file it is
        {
            throw new BootException($"'{options.Kernel}': {e.Message}", e);
        }
        catch (BootException e) when (!e.Message.Contains(options.Kernel, StringComparison.Ordinal))
        {
            throw new BootException($"{e.Message} The kernel is '{options.Kernel}'.", e);
        }
    }

    /// <summary>Stops time. The processors stand.</summary>
    internal void StopTime()
    {
        Clock.Pause();
        _partition.StopTime();
    }

    /// <summary>Lets time go on, before the processors do.</summary>
    internal void StartTime()
    {
        Clock.Resume();
        _partition.StartTime();
    }

    /// <summary>Makes the devices stand: what they have begun is finished, and nothing begins. The processors stand already.</summary>
    internal void Hold()
    {
        foreach (var (_, function) in _pci.Functions) function.Hold();
    }

    /// <summary>Lets the devices go on.</summary>
    internal void Release()
    {
        foreach (var (_, function) in _pci.Functions) function.Release();
    }

    internal void PressPowerButton() => _powerManagement.PressPowerButton();

    /// <summary>The memory map that the kernel is told: RAM but for the firmware's area below 1 MiB, and ECAM.</summary>
    private List<MemoryMapEntry> MemoryMap()
    {
        const ulong lowEnd = 0x9_FC00, firmware = 0xE_0000, mebibyte = 0x10_0000;
        var low = Memory.Regions[0];
        var map = new List<MemoryMapEntry>
        {
            new(0, lowEnd, MemoryMapType.Ram),
            new(lowEnd, 0xA_0000 - lowEnd, MemoryMapType.Reserved),
            new(firmware, mebibyte - firmware, MemoryMapType.Reserved),
            new(mebibyte, low.End - mebibyte, MemoryMapType.Ram),
            new(PciEcam.Address, PciEcam.Size, MemoryMapType.Reserved),
        };
        map.AddRange(Memory.Regions.Skip(1).Select(region => new MemoryMapEntry(region.Address, region.Length, MemoryMapType.Ram)));
        return map;
    }

    /// <summary>The local APIC as firmware leaves it (MultiProcessor Specification 1.4, 3.6.2.2): on, LINT0 for the 8259s, LINT1 for NMI.</summary>
    private static void SetVirtualWire(Span<byte> localApic)
    {
        BitConverter.TryWriteBytes(localApic[LocalApicSpurious..], 0x1FFu);
        BitConverter.TryWriteBytes(localApic[LocalApicLint0..], 0x700u);
        BitConverter.TryWriteBytes(localApic[LocalApicLint1..], 0x400u);
    }

    /// <summary>Takes the board apart. Its processors do not run.</summary>
    public void Dispose()
    {
        Clock.Dispose();        // no timer fires any more
        _com1.Dispose();
        _pci.Dispose();          // no device reaches RAM any more
        foreach (var processor in Processors) processor.Dispose();
        _partition.Dispose();
        Memory.Dispose();
    }
}

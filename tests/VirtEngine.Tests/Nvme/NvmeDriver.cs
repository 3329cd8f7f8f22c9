using System.Buffers.Binary;
using System.Diagnostics;
using VirtEngine.Bus;
using VirtEngine.Disks;
using VirtEngine.Memory;
using VirtEngine.Nvme;
using VirtEngine.Pci;
using VirtEngine.Tests.Chipset;

namespace VirtEngine.Tests.Nvme;

/// <summary>A guest's driver as the specification describes one: registers, queues in RAM, doorbells, all through the bus.</summary>
internal sealed class NvmeDriver : IDisposable
{
    internal const ulong RamSize = 16 << 20;

    /// <summary>Where tests may put data.</summary>
    internal const ulong Data = 0x40_0000;

    internal static readonly Guid Machine = new("6b8a3f0e-51c1-4f1e-9d3e-3a5f6f1b2c3d");

    private const ulong Ecam = PciEcam.Address + 0x8000;
    private const int AdminSize = 32;

    private readonly GuestBus _bus = new();
    private readonly PciBus _pci = new();
    private readonly Dictionary<int, NvmeDriverQueue> _queues = [];
    private readonly int _msiXCapability;

    internal NvmeDriver(params IBlockDevice[] disks)
    {
        new PciEcam(_pci).Map(_bus);
        Controller = new NvmeController(_bus, Memory, Msi, Line, Machine,
            [.. disks.Select((disk, index) => new NvmeNamespace((uint)index + 1, $"disk{index}", Machine, disk))]);
        _pci.Add(1, Controller);
        _pci.AssignBars(0xC000_0000, 0xE000_0000);
        Bar = _bus.ReadMmio(Ecam + 0x10, 4) & ~15ul;
        for (int at = (int)Config(0x34, 1); at != 0; at = (int)Config(at + 1, 1))
            if (Config(at, 1) == 0x11) _msiXCapability = at;
    }

    internal GuestMemory Memory { get; } = new(RamSize);

    internal NvmeController Controller { get; }

    internal RecordingMsi Msi { get; } = new();

    internal RecordingLine Line { get; } = new();

    internal GuestBus Bus => _bus;

    internal ulong Bar { get; }

    internal int MsiXCapability => _msiXCapability;

    internal NvmeDriverQueue Admin => _queues[0];

    internal ulong Config(int offset, int size) => _bus.ReadMmio(Ecam + (ulong)offset, size);

    internal void SetConfig(int offset, int size, ulong value) => _bus.WriteMmio(Ecam + (ulong)offset, size, value);

    internal uint Read(int register) => (uint)_bus.ReadMmio(Bar + (ulong)register, 4);

    internal void Write(int register, uint value) => _bus.WriteMmio(Bar + (ulong)register, 4, value);

    internal void Write64(int register, ulong value) => _bus.WriteMmio(Bar + (ulong)register, 8, value);

    internal uint Status => Read(0x1C);

    /// <summary>Reset, admin queues, go.</summary>
    internal void Start(bool msiX = true)
    {
        Stop();
        if (msiX) EnableMsiX();
        Memory.Write(0x1_0000, new byte[0x2_0000]);
        Write(0x24, (AdminSize - 1) << 16 | (AdminSize - 1));
        Write64(0x28, 0x1_0000);
        Write64(0x30, 0x1_1000);
        _queues.Clear();
        _queues[0] = new NvmeDriverQueue(this, 0, 0x1_0000, 0x1_1000, AdminSize);
        Write(0x14, 0x0046_0001);
        WaitForStatus(status => (status & 3) == 1);
    }

    internal void Stop()
    {
        Write(0x14, 0x0046_0000);
        WaitForStatus(status => (status & 1) == 0);
    }

    internal void WaitForStatus(Func<uint, bool> wanted) => WaitFor(() => wanted(Status), () => $"The controller's status is {Status:x}.");

    /// <summary>Makes a pair of I/O queues.</summary>
    internal NvmeDriverQueue AddQueue(int id, int size = 32, int? vector = null)
    {
        ulong submissions = 0x2_0000 + (ulong)id * 0x2_0000, completions = submissions + 0x1_0000;
        Memory.Write(submissions, new byte[0x2_0000]);
        var created = Admin.Do(new NvmeEntry { Opcode = 5, Data1 = completions, Dword10 = (uint)(size - 1) << 16 | (uint)id, Dword11 = (uint)(vector ?? id) << 16 | 3 });
        Assert.Equal(NvmeStatus.Success, created.Status);
        created = Admin.Do(new NvmeEntry { Opcode = 1, Data1 = submissions, Dword10 = (uint)(size - 1) << 16 | (uint)id, Dword11 = (uint)id << 16 | 1 });
        Assert.Equal(NvmeStatus.Success, created.Status);
        return _queues[id] = new NvmeDriverQueue(this, id, submissions, completions, size);
    }

    internal byte[] Peek(ulong address, int length)
    {
        byte[] content = new byte[length];
        Assert.True(Memory.TryRead(address, content));
        return content;
    }

    /// <summary>Writes a list of addresses, as of PRP entries.</summary>
    internal void WriteList(ulong at, params ReadOnlySpan<ulong> entries)
    {
        foreach (ulong entry in entries)
        {
            Memory.Write(at, BitConverter.GetBytes(entry));
            at += 8;
        }
    }

    /// <summary>Writes SGL descriptors.</summary>
    internal void WriteDescriptors(ulong at, params (ulong Address, uint Length, int Type)[] descriptors)
    {
        foreach (var (address, length, type) in descriptors)
        {
            WriteList(at, address, Descriptor(length, type));
            at += 16;
        }
    }

    internal static ulong Descriptor(uint length, int type) => length | (ulong)type << 60;

    internal static void WaitFor(Func<bool> wanted, Func<string> otherwise)
    {
        for (var watch = Stopwatch.StartNew(); !wanted(); Thread.Yield())
            if (watch.Elapsed > TimeSpan.FromSeconds(20)) Assert.Fail(otherwise());
    }

    private void EnableMsiX()
    {
        ulong table = Bar + (Config(_msiXCapability + 4, 4) & ~7ul);
        int vectors = (int)Config(_msiXCapability + 2, 2) + 1 & 0x7FF;
        for (int i = 0; i < vectors; i++)
        {
            _bus.WriteMmio(table + 16 * (ulong)i, 4, 0xFEE0_0000);
            _bus.WriteMmio(table + 16 * (ulong)i + 8, 4, 0x40 + (ulong)i);
            _bus.WriteMmio(table + 16 * (ulong)i + 12, 4, 0);
        }
        SetConfig(_msiXCapability + 2, 2, 0x8000);
    }

    /// <summary>Puts the BAR back and opens the memory space, wherever a guest gone mad has left them.</summary>
    internal void Restore()
    {
        SetConfig(4, 2, 0);
        SetConfig(0x10, 4, Bar);
        SetConfig(0x14, 4, Bar >> 32);
        SetConfig(4, 2, 6);
        SetConfig(_msiXCapability + 2, 2, 0);
        Assert.Equal(Bar, Config(0x10, 4) & ~15ul);
    }

    public void Dispose()
    {
        _pci.Dispose();
        Memory.Dispose();
    }

    internal uint Read32(ulong address) => BinaryPrimitives.ReadUInt32LittleEndian(Peek(address, 4));
}

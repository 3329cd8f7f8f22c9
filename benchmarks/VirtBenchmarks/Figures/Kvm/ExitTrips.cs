using System.Diagnostics;
using System.Globalization;
using VirtEngine.Bus;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;
using VirtEngine.Memory;
using VirtEngine.Time;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>
/// The guest of the C loop (<c>round_trip.cpp</c>) on our KVM backend: exits to the bus and back; and stores that ring a doorbell in the kernel.
/// </summary>
internal sealed class ExitTrips : IPortDevice, IMmioDevice, IDisposable
{
    /// <summary>The command line's first word that asks for it; batches and exits of a batch follow.</summary>
    internal const string Verb = "--kvm-exits";

    /// <summary>The kind that does not exit.</summary>
    internal const string DoorbellKind = "doorbell";

    private const ulong DoorbellAt = Nowhere + 0x10;
    private const ulong Size = 0x1_0000, Start = 0x1000, Nowhere = 0x3_0000;
    private const ushort Port = 0x3F8;

    private readonly GuestMemory _memory = new(Size);
    private readonly MachineClock _clock = new();
    private readonly IPartition _partition;
    private readonly long[] _times, _bytes;
    private readonly Doorbell _doorbell = Doorbell.Create();
    private readonly int _exits;
    private int _count;

    private ExitTrips(byte[] code, int batches, int exits)
    {
        _exits = exits;
        _times = new long[batches + 2];     // the first batch warms up
        _bytes = new long[batches + 2];
        var bus = new GuestBus();
        bus.MapPorts(Port, 1, this);
        bus.TryMapMmio(Nowhere, 0x1000, this);
        _partition = new KvmHypervisor { TakesWhatIsOffered = true }.CreatePartition(new()
        {
            Memory = _memory, Bus = bus, Clock = _clock, ProcessorCount = 1, Profile = PortableProfile.Instance,
        });
        _memory.Write(Start, code);
        var state = ProcessorState.Reset();
        state.Segments[1] = new SegmentState(0, 0, 0xFFFF, 0x9B);
        state.InstructionPointer = Start;
        _partition.Processors[0].SetState(state);
    }

    /// <summary>Runs both guests and prints a line for each as the C loop does, with one more field: bytes allocated by an exit.</summary>
    internal static void Run(int batches, int exits)
    {
        // mov dx, 0x3f8; again: out dx, al; jmp again
        Run("port", [0xBA, 0xF8, 0x03, 0xEE, 0xEB, 0xFD], batches, exits);
        // mov ax, 0x3000; mov ds, ax; again: mov [8], al; jmp again
        Run("memory", [0xB8, 0x00, 0x30, 0x8E, 0xD8, 0xA2, 0x08, 0x00, 0xEB, 0xFB], batches, exits);
        // mov ax, 0x3000; mov ds, ax; mov dx, 0x3f8; batch: mov cx, exits; again: mov [16], al; loop again; out dx, al; jmp batch
        byte[] code = [0xB8, 0x00, 0x30, 0x8E, 0xD8, 0xBA, 0xF8, 0x03, 0xB9, (byte)exits, (byte)(exits >> 8), 0xA2, 0x10, 0x00, 0xE2, 0xFB, 0xEE, 0xEB, 0xF5];
        Run(DoorbellKind, code, batches, exits, exitsOfBatch: 1);
    }

    private static void Run(string name, byte[] code, int batches, int exits, int? exitsOfBatch = null)
    {
        using var trips = new ExitTrips(code, batches, exitsOfBatch ?? exits);
        if (name == DoorbellKind && !trips._partition.TryBindDoorbell(DoorbellAt, trips._doorbell)) throw new InvalidOperationException("KVM rings no doorbell.");
        var exit = trips._partition.Processors[0].Run();
        if (exit.Reason != ExitReason.Canceled) throw new InvalidOperationException($"{exit}");
        var times = trips._times.Zip(trips._times.Skip(1), (from, to) => (to - from) * 1e9 / Stopwatch.Frequency / exits).Skip(1).Order().ToArray();
        double bytes = (double)(trips._bytes[^1] - trips._bytes[1]) / exits / batches;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{exits}\t{times[times.Length / 2]:f1}\t{times[0]:f1}\t-\t{bytes:f3}"));
    }

    void IPortDevice.WritePort(ushort port, int size, uint value) => Count();

    uint IPortDevice.ReadPort(ushort port, int size) => 0;

    void IMmioDevice.WriteMmio(ulong offset, int size, ulong value) => Count();

    ulong IMmioDevice.ReadMmio(ulong offset, int size) => 0;

    private void Count()
    {
        if (_count % _exits == 0)
        {
            int batch = _count / _exits;
            if (batch < _times.Length) (_times[batch], _bytes[batch]) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            else _partition.Processors[0].Kick();
        }

        _count++;
    }

    public void Dispose()
    {
        foreach (var processor in _partition.Processors) processor.Dispose();
        _partition.Dispose();
        _doorbell.Dispose();
        _clock.Dispose();
        _memory.Dispose();
    }
}

using VirtEngine.Tests.Software.Guests;
using static Iced.Intel.AssemblerRegisters;

namespace VirtBenchmarks.Figures.Exits;

/// <summary>What the run loop and the bus allocate for a million loads and stores outside RAM, on the processor's own thread: nothing, if all is well.</summary>
internal sealed class MmioAllocationFigure : Figure
{
    private const int Exits = 1_000_000;

    // The first GiB is what the guest maps; behind its RAM there is nothing but the bus.
    private const uint Nobody = 0x3000_0000;

    private TinyGuest? guest;

    internal override string Name => "allocation per MMIO exit";

    internal override string Unit => "bytes";

    internal override bool LargerIsBetter => false;

    // A byte in a thousand exits: what a run allocates once may be seen, what each exit allocates may not.
    internal override double? Goal => 0.001;

    internal override void Prepare()
    {
        guest = new();
        guest.Load(64, a =>
        {
            a.mov(ecx, Exits / 2);
            a.mov(edx, Nobody);
            var again = a.CreateLabel();
            a.Label(ref again);
            a.mov(__dword_ptr[rdx], eax);
            a.mov(eax, __dword_ptr[rdx]);
            a.dec(ecx);
            a.jnz(again);
            a.@out(0xF4, al);
        });
    }

    internal override double MeasureOurs()
    {
        guest!.EnterLongMode();
        var (exits, bytes) = (guest.Processor.Counters.MmioAccesses, GC.GetAllocatedBytesForCurrentThread());
        guest.Processor.Run();
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        exits = guest.Processor.Counters.MmioAccesses - exits;
        return exits >= Exits ? (double)bytes / exits : throw new InvalidOperationException($"There were {exits} exits.");
    }

    public override void Dispose()
    {
        guest?.Dispose();
        base.Dispose();
    }
}

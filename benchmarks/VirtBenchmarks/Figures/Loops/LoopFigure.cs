using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors.Software;

using static Iced.Intel.AssemblerRegisters;

namespace VirtBenchmarks.Figures.Loops;

/// <summary>
/// How fast the software CPU runs a loop, in 64-bit mode with paging. It is bound by the processor, so processor time is what counts:
/// others' work on the machine doesn't change the number much.
/// </summary>
internal abstract class LoopFigure(LoopCode loop, uint rounds) : Figure
{
    private const ulong Data = 0x20_0000;

    private TinyGuest? _guest;

    internal override string Name => $"{loop.Name}, software CPU";

    internal override string Unit => "M instr/s";

    internal override bool LargerIsBetter => true;

    protected LoopCode Loop => loop;

    internal override void Prepare()
    {
        _guest = new TinyGuest(new SoftwareHypervisor());
        _guest.Load(64, a =>
        {
            loop.Write(a, rounds, Data);
            a.mov(al, 0);
            a.@out(0xF4, al);
        });
    }

    internal override double MeasureOurs()
    {
        _guest!.EnterLongMode();
        var before = _guest.Processor.Counters.Instructions;
        var seconds = Work.ProcessorSeconds(() => _guest.Processor.Run());
        var done = _guest.Processor.Counters.Instructions - before;
        if (done < (long)rounds * loop.Instructions) throw new InvalidOperationException($"The loop ended after {done} instructions.");
        return Rate(rounds, seconds);
    }

    protected double Rate(uint done, double seconds) => (double)done * loop.Instructions / seconds / 1e6;

    public override void Dispose()
    {
        _guest?.Dispose();
        base.Dispose();
    }
}

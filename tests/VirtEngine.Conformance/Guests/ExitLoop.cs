using Iced.Intel;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance.Guests;

/// <summary>
/// A guest that leaves to the bus again and again in rounds, and what each round allocates on the processor's thread. The first rounds pay
/// for what is made once: decoded blocks, types, the compiler's tiers.
/// </summary>
internal sealed class ExitLoop : IDisposable
{
    // The first GiB is what the guest maps; behind its RAM there is nothing but the bus.
    private const uint Nobody = 0x3800_0000;

    private readonly TinyGuest _guest;
    private readonly long[] _marks;
    private readonly uint _exits;
    private int _marked;

    private ExitLoop(IHypervisor hypervisor, int rounds, uint exits, int perStep, Action<Assembler> step)
    {
        _guest = new TinyGuest(hypervisor);
        _exits = exits;
        _marks = new long[rounds + 1];
        _guest.Marked = () => _marks[_marked++] = GC.GetAllocatedBytesForCurrentThread();
        _guest.Load(64, a =>
        {
            a.mov(edx, Nobody);
            a.mov(ebx, rounds);
            var round = a.CreateLabel();
            a.Label(ref round);
            a.@out(0xE0, al);
            a.mov(ecx, exits / (uint)perStep);
            var again = a.CreateLabel();
            a.Label(ref again);
            step(a);
            a.dec(ecx);
            a.jnz(again);
            a.dec(ebx);
            a.jnz(round);
            a.@out(0xE0, al);
            a.@out(0xF4, al);
        });
    }

    /// <summary>Rounds of <paramref name="exits"/> writes to a port.</summary>
    internal static ExitLoop OfPorts(IHypervisor hypervisor, int rounds, uint exits) => new(hypervisor, rounds, exits, 1, a => a.@out(0x80, al));

    /// <summary>Rounds of <paramref name="exits"/> accesses to memory where no RAM is, loads and stores in turn.</summary>
    internal static ExitLoop OfMmio(IHypervisor hypervisor, int rounds, uint exits) => new(hypervisor, rounds, exits, 2, a =>
    {
        a.mov(__dword_ptr[rdx], eax);
        a.mov(eax, __dword_ptr[rdx]);
    });

    /// <summary>Runs all rounds.</summary>
    /// <returns>Bytes that each of them allocated.</returns>
    internal long[] Run()
    {
        _marked = 0;
        long before = Exits;
        _guest.EnterLongMode();
        _guest.Processor.Run();
        if (_marked != _marks.Length || Exits - before < _exits * (_marks.Length - 1))
            throw new InvalidOperationException($"{_marked} marks and {Exits - before} exits.");
        return [.. _marks.Zip(_marks.Skip(1), (from, to) => to - from)];
    }

    private long Exits => _guest.Processor.Counters.PortAccesses + _guest.Processor.Counters.MmioAccesses;

    public void Dispose() => _guest.Dispose();
}

using System.Runtime.InteropServices;
using Iced.Intel;
using VirtEngine.Hypervisors.Software.Emit;

namespace VirtBenchmarks.Figures.Loops;

/// <summary>A loop on the software CPU, beside the host's processor on the same bytes.</summary>
internal abstract unsafe class NativeLoopFigure(LoopCode loop, uint rounds, uint nativeRounds) : LoopFigure(loop, rounds)
{
    private byte* _data;
    private delegate* unmanaged<void> _code;

    internal override string Name => base.Name + " and host";

    internal override string Peer => "the host's processor";

    internal override void Prepare()
    {
        base.Prepare();
        _data = (byte*)NativeMemory.AlignedAlloc(64, 64);
        var assembler = new Assembler(64);
        Loop.Write(assembler, nativeRounds, (ulong)_data);
        assembler.ret();
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), 0);
        _code = (delegate* unmanaged<void>)new ExecutableMemory(4096).Add(bytes.ToArray());
    }

    internal override double MeasurePeer() => Rate(nativeRounds, Work.ProcessorSeconds(() => _code()));

    public override void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        base.Dispose();
    }
}

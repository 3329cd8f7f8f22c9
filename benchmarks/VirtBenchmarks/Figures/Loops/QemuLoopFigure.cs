namespace VirtBenchmarks.Figures.Loops;

/// <summary>A loop on the software CPU, beside QEMU's translator on the same bytes in the same mode.</summary>
internal abstract class QemuLoopFigure(LoopCode loop, uint rounds, uint qemuRounds) : LoopFigure(loop, rounds)
{
    private QemuLoop? _qemu;

    internal override string Peer => "QEMU TCG";

    internal override void Prepare()
    {
        base.Prepare();
        _qemu = new(Loop, qemuRounds);
    }

    internal override double MeasurePeer() => Rate(qemuRounds, _qemu!.Run());

    public override void Dispose()
    {
        _qemu?.Dispose();
        base.Dispose();
    }
}

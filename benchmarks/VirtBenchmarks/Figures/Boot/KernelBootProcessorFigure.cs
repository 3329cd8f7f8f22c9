namespace VirtBenchmarks.Figures.Boot;

/// <summary>The processor time of the same boot, on all threads: what a busy machine doesn't change much, and what translating costs beside.</summary>
internal sealed class KernelBootProcessorFigure : Figure
{
    internal override string Name => "cloud kernel to userspace, processor time";

    internal override string Unit => "s";

    internal override bool LargerIsBetter => false;

    internal override string Peer => "QEMU TCG";

    internal override void Prepare() => _ = DebianGuest.Image;

    internal override double MeasureOurs() => KernelBootFigure.Measure(Work.ProcessorSeconds);

    internal override double MeasurePeer() => QemuBoot.Run().ProcessorSeconds;
}

using HardwareLab;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>
/// Debian's cloud kernel in the lab, from the first KVM_RUN until its init speaks: the packaged worker with the profile <c>host</c>, and
/// QEMU's own KVM with <c>-cpu host</c>, which enters the same kernel by PVH.
/// </summary>
internal class KvmBootFigure : Figure
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private LabWorker? _worker;
    private string? _kernel;

    internal override string Name => "cloud kernel to userspace by KVM";

    internal override string Unit => "s";

    internal override bool LargerIsBetter => false;

    internal override string Peer => "QEMU KVM";

    internal override double? GoalRatio => 1;

    internal override void Prepare()
    {
        _worker = new LabWorker(CommandLine);
        _kernel = Path.Combine(AppContext.BaseDirectory, "vmlinux-cloud");
        KernelFile.Decompress(File.ReadAllBytes(DebianGuest.Image.KernelPath), _kernel);
        BenchLab.Get();
    }

    private const string CommandLine = "console=ttyS0 quiet";

    internal override double MeasureOurs() => Pick(_worker!.Boot(BenchLab.Get(), DebianGuest.UserspaceMarker, Limit));

    internal override double MeasurePeer()
    {
        var (program, arguments) = BootTime.QemuKvm(_kernel!, DebianGuest.Image.InitrdPath!, CommandLine, mebibytes: LabWorker.MemoryMiB);
        return Pick(BootTime.MeasureAsync(BenchLab.Get(), DebianGuest.UserspaceMarker, Limit, program, arguments).GetAwaiter().GetResult());
    }

    /// <summary>The part of it that counts.</summary>
    protected virtual double Pick(BootTime time) => time.Boot.TotalSeconds;

    public override void Dispose()
    {
        _worker?.Dispose();
        base.Dispose();
    }
}

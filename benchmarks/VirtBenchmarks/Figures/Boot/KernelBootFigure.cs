using VirtEngine.Machines;

namespace VirtBenchmarks.Figures.Boot;

/// <summary>From the start of a machine with Debian's cloud kernel to the first word of its init, on one processor of the software CPU.</summary>
internal sealed class KernelBootFigure : Figure
{
    internal const int MemoryMiB = 512;

    internal override string Name => "cloud kernel to userspace";

    internal override string Unit => "s";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 15;

    internal override string Peer => "QEMU TCG";

    internal override void Prepare() => _ = DebianGuest.Image;

    internal override double MeasureOurs() => Measure(Work.Seconds);

    internal override double MeasurePeer() => QemuBoot.Run().Seconds;

    /// <summary>Boots once.</summary>
    /// <param name="measure">Tells what of a boot's time counts.</param>
    internal static double Measure(Func<Action, double> measure)
    {
        var image = DebianGuest.Image;
        using var machine = Machine.Create(new()
        {
            Id = Guid.NewGuid(), Name = "boot", Memory = (ulong)MemoryMiB << 20,
            Kernel = image.KernelPath, Initrd = image.InitrdPath, CommandLine = image.CommandLine,
        });
        return measure(() =>
        {
            machine.Start();
            ConsoleText.WaitFor(machine.Console, DebianGuest.UserspaceMarker);
        });
    }
}

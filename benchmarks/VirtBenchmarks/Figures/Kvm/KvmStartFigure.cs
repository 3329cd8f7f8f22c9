using HardwareLab;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>What comes before: from the start of the program that owns the machine to its first KVM_RUN, with the loading of the kernel.</summary>
internal sealed class KvmStartFigure : KvmBootFigure
{
    internal override string Name => "program to first KVM_RUN";

    internal override double? GoalRatio => null;

    protected override double Pick(BootTime time) => time.Start.TotalSeconds;
}

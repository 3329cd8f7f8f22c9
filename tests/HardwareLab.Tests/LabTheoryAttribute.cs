using HardwareLab;

namespace HardwareLabTests;

/// <summary>Tests that need the hardware lab; listed as skipped, with the reason, where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LabTheoryAttribute : TheoryAttribute
{
    public LabTheoryAttribute() => Skip = LabMachine.Unavailable;
}

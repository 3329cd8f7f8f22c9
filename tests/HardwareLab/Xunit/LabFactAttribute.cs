using Xunit;

namespace HardwareLab;

/// <summary>A test that needs the hardware lab; listed as skipped, with the reason, where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    public LabFactAttribute() => Skip = LabMachine.Unavailable;
}

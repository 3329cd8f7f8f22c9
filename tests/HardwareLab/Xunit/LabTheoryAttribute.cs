namespace HardwareLab;

/// <summary>Cases that need the hardware lab; listed as skipped, with the reason, where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : CaseTheoryAttribute
{
    public LabTheoryAttribute() => Skip = LabMachine.Unavailable;
}

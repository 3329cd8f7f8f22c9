namespace HardwareLab;

/// <summary>Cases that need the hardware lab; listed as skipped, with the reason, where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : CaseTheoryAttribute
{
    /// <param name="nightly">Whether they take too long for every run.</param>
    public LabTheoryAttribute(bool nightly = false)
    {
        Nightly = nightly;
        Skip = LabFactAttribute.WhyNot(nightly);
    }

    public bool Nightly { get; }
}

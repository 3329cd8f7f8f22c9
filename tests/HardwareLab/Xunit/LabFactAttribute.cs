using Xunit;

namespace HardwareLab;

/// <summary>A test that needs the hardware lab; listed as skipped, with the reason, where it cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    /// <param name="nightly">Whether it takes too long for every run.</param>
    public LabFactAttribute(bool nightly = false)
    {
        Nightly = nightly;
        Skip = WhyNot(nightly);
    }

    public bool Nightly { get; }

    internal static string? WhyNot(bool nightly) =>
        nightly && Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") != "1" ? "Runs in the nightly form: VIRTTOOLS_NIGHTLY=1." : LabMachine.Unavailable;
}

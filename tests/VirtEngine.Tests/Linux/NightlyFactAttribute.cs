namespace VirtEngine.Tests.Linux;

/// <summary>A test of the nightly form, which takes hours; listed as skipped otherwise.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NightlyFactAttribute : FactAttribute
{
    public NightlyFactAttribute() =>
        Skip = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? LinuxGuest.Unavailable : "Runs in the nightly form: VIRTTOOLS_NIGHTLY=1.";
}

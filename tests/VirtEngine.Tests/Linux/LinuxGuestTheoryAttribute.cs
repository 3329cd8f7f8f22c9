namespace VirtEngine.Tests.Linux;

/// <summary>A theory that needs the Debian guest; listed as skipped, with the reason, where it cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxGuestTheoryAttribute : TheoryAttribute
{
    public LinuxGuestTheoryAttribute() => Skip = LinuxGuest.Unavailable;
}

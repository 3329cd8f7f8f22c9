namespace VirtEngine.Tests.Linux;

/// <summary>A test that needs the Debian guest; listed as skipped, with the reason, where it cannot be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxGuestFactAttribute : FactAttribute
{
    public LinuxGuestFactAttribute() => Skip = LinuxGuest.Unavailable;
}

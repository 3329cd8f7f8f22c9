namespace VirtEngine.Tests.Software.Native;

/// <summary>A test beside the real processor; skipped, with the reason, where its runner cannot be built.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute() => Skip = NativeRunner.Unavailable;
}

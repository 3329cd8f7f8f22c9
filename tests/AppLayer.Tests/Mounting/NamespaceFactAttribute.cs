using AppLayer.Mounting;

namespace AppLayer.Tests.Mounting;

/// <summary>A test that mounts; skipped, with the reason, where this user may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Lack = new(() => NamespaceSupport.Probe().Lack);

    public NamespaceFactAttribute() => Skip = Lack.Value;
}

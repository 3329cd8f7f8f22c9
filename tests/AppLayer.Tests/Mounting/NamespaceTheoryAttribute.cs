using AppLayer.Mounting;

namespace AppLayer.Tests.Mounting;

/// <summary>The same for root and for an ordinary user, whom root becomes by <c>setpriv</c>; skipped, with the reason, where neither may mount.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamespaceTheoryAttribute : TheoryAttribute
{
    public NamespaceTheoryAttribute() => Skip = NamespaceSupport.Probe().Lack;
}

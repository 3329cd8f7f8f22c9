using VirtSpecs;

namespace VirtFoundation.Store;

/// <summary>Looks at specs before they are kept.</summary>
internal static class SpecCheck
{
    /// <summary>A spec that keeps its kind's rules.</summary>
    /// <exception cref="VirtException">It breaks one; the cause is a <see cref="SpecException"/> with all of them.</exception>
    internal static T Checked<T>(this T spec)
        where T : Spec
    {
        ArgumentNullException.ThrowIfNull(spec);
        return SpecRules.FindErrors([spec]) is { Count: > 0 } errors
            ? throw new VirtException(VirtErrorCode.SpecInvalid, string.Join(Environment.NewLine, errors), new SpecException(errors))
            : spec;
    }
}

using AppLayer.Resolution;
using VirtSpecs;

namespace AppLayer.Activation;

/// <summary>The rules that come before an application's own on this computer.</summary>
internal static class DefaultRules
{
    /// <summary>Of Linux programs.</summary>
    internal static IReadOnlyList<IsolationRule> ForLinux() => ViewRules.Defaults(LayerPlatform.Linux, Environment.GetEnvironmentVariable("HOME"));

    /// <summary>Of Windows programs: documents survive a reset, in the user's own folders, or where there are none, in the data layer.</summary>
    /// <param name="folders">The user's folders (<see cref="UserFolders"/>).</param>
    internal static IReadOnlyList<IsolationRule> ForWindows(Dictionary<string, string> folders) =>
    [
        .. ViewRules.Defaults(LayerPlatform.Windows, null)
            .Select(rule => folders.ContainsKey(rule.Path) ? rule : rule with { Mode = IsolationMode.Data }),
    ];
}

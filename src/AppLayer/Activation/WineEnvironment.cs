using AppLayer.Files;

namespace AppLayer.Activation;

/// <summary>What Windows programs get beside their starter's environment.</summary>
internal static class WineEnvironment
{
    // No menu entries or file types of the desktop lead into a view that only its worker can make.
    private const string NoMenus = "winemenubuilder.exe=d";

    /// <summary>An environment for a program in a prefix.</summary>
    /// <param name="from">What its starter gave it.</param>
    /// <param name="wine">Which Wine.</param>
    /// <param name="prefix">The prefix.</param>
    /// <param name="temporary">Where its wineserver keeps its socket.</param>
    internal static Dictionary<string, string> Make(
        IReadOnlyDictionary<string, string> from, WineInstallation wine, string prefix, string temporary)
    {
        var made = new Dictionary<string, string>(from)
        {
            ["WINEPREFIX"] = prefix,
            [WineInstallation.LoaderVariable] = wine.Loader,
            ["USER"] = LayerLayout.WineUser,
            ["TMPDIR"] = temporary,
            ["WINEDLLOVERRIDES"] = from.GetValueOrDefault("WINEDLLOVERRIDES") is { Length: > 0 } overrides ? $"{overrides};{NoMenus}" : NoMenus,
        };
        made.TryAdd("WINEDEBUG", "-all");
        return made;
    }
}

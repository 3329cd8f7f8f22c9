using System.Text;
using AppLayer.Files;
using AppLayer.Paths;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>
/// Places in a view: paths relative to its root with <c>/</c> between the parts, empty for the root itself. A place never leads outside: it
/// has no empty part, no <c>.</c> and no <c>..</c>.
/// </summary>
internal static class Place
{
    // Linux' limits (limits.h): PATH_MAX without the zero, NAME_MAX.
    private const int LongestPath = 4095, LongestName = 255;

    /// <summary>The place that text names.</summary>
    /// <param name="text">A path below a known root (<c>{ProgramFiles}\nodejs</c>), or an absolute one as the platform's programs write it:
    /// <c>/usr/bin</c>, <c>C:\Windows</c>.</param>
    /// <param name="platform">The platform.</param>
    /// <exception cref="VirtException">The text is no path inside the view.</exception>
    internal static string Parse(string text, LayerPlatform platform)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestPath || text.Contains('\0', StringComparison.Ordinal))
        {
            throw Refuse(text, text.Length > LongestPath ? $"it is longer than {LongestPath} characters" : "it holds a zero character");
        }

        var slashes = platform == LayerPlatform.Windows ? text.Replace('\\', '/') : text;
        string path;
        if (slashes.StartsWith('{'))
        {
            try
            {
                path = LayerLayout.For(platform).PlaceOf(platform == LayerPlatform.Windows ? slashes : text.Replace('\\', '/'));
            }
            catch (PathTokenException e)
            {
                throw new VirtException(VirtErrorCode.ParameterInvalid, e.Message, e);
            }
        }
        else if (platform == LayerPlatform.Windows && slashes.StartsWith("C:/", StringComparison.OrdinalIgnoreCase))
        {
            path = "drive_c" + slashes[2..];
        }
        else if (platform == LayerPlatform.Linux && slashes.StartsWith('/'))
        {
            path = slashes;
        }
        else
        {
            throw Refuse(text, platform == LayerPlatform.Windows
                ? @"it begins neither with a known root such as {ProgramFiles} nor with C:\" : "it begins neither with {Root} nor with /");
        }

        return Check(text, path);
    }

    /// <summary>The place without its last part; the root's is the root.</summary>
    internal static string Parent(string place) => place.LastIndexOf('/') is >= 0 and var slash ? place[..slash] : "";

    /// <summary>The last part.</summary>
    internal static string Name(string place) => place[(place.LastIndexOf('/') + 1)..];

    /// <summary>A part below a place.</summary>
    internal static string Join(string place, string name) => place.Length == 0 ? name : name.Length == 0 ? place : $"{place}/{name}";

    /// <summary>The parts.</summary>
    internal static string[] Parts(string place) => place.Length == 0 ? [] : place.Split('/');

    /// <summary>Whether a place is another one or below it.</summary>
    internal static bool IsWithin(string place, string directory, StringComparison comparison) =>
        directory.Length == 0 || (place.StartsWith(directory, comparison) && (place.Length == directory.Length || place[directory.Length] == '/'));

    /// <summary>Where a place lies below a directory of the host.</summary>
    internal static string On(string directory, string place) => place.Length == 0 ? directory : directory.EndsWith('/') ? directory + place : $"{directory}/{place}";

    /// <summary>How a platform's names are compared.</summary>
    internal static StringComparison ComparisonOf(LayerPlatform platform) =>
        platform == LayerPlatform.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static string Check(string text, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            if (part is "." or "..")
            {
                throw Refuse(text, $"the part '{part}' would lead elsewhere");
            }

            if (Encoding.UTF8.GetByteCount(part) > LongestName)
            {
                throw Refuse(text, $"a name in it is longer than {LongestName} bytes");
            }
        }

        return string.Join('/', parts);
    }

    private static VirtException Refuse(string text, string reason) => new(
        VirtErrorCode.ParameterInvalid, $"'{(text.Length > 200 ? text[..200] + "…" : text).Replace('\0', '?')}' is no path in a view: {reason}.");
}

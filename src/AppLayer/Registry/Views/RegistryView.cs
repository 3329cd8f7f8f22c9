using System.Text;

namespace AppLayer.Registry.Views;

/// <summary>A registry as programs open its keys: with its links followed, the 32-bit view, the current control set, and HKCR.</summary>
/// <param name="tree">The composed registry, which has a subkey for each <see cref="RegistryRoot"/>.</param>
/// <param name="options">Through whose eyes.</param>
public sealed class RegistryView(RegistryKey tree, RegistryViewOptions options)
{
    /// <summary>How many links are followed for one path: more than real ones need, and an end for those that go in a circle.</summary>
    public const int LinkHops = 32;

    /// <summary>The value of a link that says where to.</summary>
    public const string LinkValue = "SymbolicLinkValue";

    /// <summary>Finds where a path leads.</summary>
    /// <param name="path">A path that begins with a root's name, HKCR too.</param>
    /// <param name="openLink">Whether a link at the end is opened itself (REG_OPTION_OPEN_LINK); links on the way are followed all the
    /// same.</param>
    public RegistryResolution Resolve(string path, bool openLink = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ClassesRoot.TryCut(path, out var below))
        {
            return ClassesRoot.Resolve(this, below, openLink);
        }

        return RegistryPath.TryParse(path, options.UserSid, out var parsed)
            ? Resolve(parsed, openLink)
            : new(ResolutionStatus.NotAPath, default, null);
    }

    /// <summary>Finds where a path leads.</summary>
    /// <param name="path">The path.</param>
    /// <param name="openLink">Whether a link at the end is opened itself.</param>
    public RegistryResolution Resolve(RegistryPath path, bool openLink = false)
    {
        path = options.Is32Bit ? Wow64Keys.Redirect(path) : path;
        for (var hops = 0; ; hops++)
        {
            path = ControlSets.Follow(tree, path);
            if (!TryFindLink(path, openLink, out var link, out var rest, out var key))
            {
                // A registry that was taken without the links that Windows makes under Wow6432Node is seen as if it had them.
                var fixedPath = key is null ? Wow64Keys.FollowFixedLinks(path) : path;
                if (fixedPath == path)
                {
                    return new(key is null ? ResolutionStatus.Missing : ResolutionStatus.Found, path, key);
                }

                path = fixedPath;
                continue;
            }

            if (hops >= LinkHops)
            {
                return new(ResolutionStatus.TooManyLinks, link, null);
            }

            if (!TryReadTarget(key!, out var target))
            {
                return new(ResolutionStatus.LinkBroken, link, null);
            }

            path = target.Below(rest);
        }
    }

    /// <summary>Walks a path up to its first link, or to its end.</summary>
    private bool TryFindLink(RegistryPath path, bool openLink, out RegistryPath link, out string rest, out RegistryKey? key)
    {
        (link, rest) = (path, "");
        if (!tree.TryGetSubkey(path.Root.ToString(), out key))
        {
            return false;
        }

        var parts = path.Path.Split('\\', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            if (!key.TryGetSubkey(parts[i], out key))
            {
                return false;
            }

            if (key.IsLink && !(openLink && i == parts.Length - 1))
            {
                link = path with { Path = string.Join('\\', parts[..(i + 1)]) };
                rest = string.Join('\\', parts[(i + 1)..]);
                return true;
            }
        }

        return false;
    }

    private bool TryReadTarget(RegistryKey link, out RegistryPath target)
    {
        target = default;
        return link.TryGetValue(LinkValue, out var value) && value.Type == RegistryValueType.Link && value.Data.Length % sizeof(char) == 0
            && RegistryPath.TryParse(Encoding.Unicode.GetString(value.Data.Span), options.UserSid, out target);
    }
}

using AppLayer.Files;

namespace AppLayer.Resolution;

/// <summary>Follows symbolic links as the kernel does (path_resolution(7)), within a view.</summary>
internal static class ViewLinks
{
    /// <summary>How many links the kernel follows for one path.</summary>
    internal const int Limit = 40;

    /// <summary>Follows the links on the way to a place, and one at its end.</summary>
    /// <param name="place">The place.</param>
    /// <param name="look">What is at a place whose way holds no link, and how it is spelled; null for nothing.</param>
    /// <param name="isPrefix">Whether the view is a directory of a larger file system, as a Wine prefix is: an absolute link leads out of it.</param>
    /// <param name="openLink">Whether a link at the end is not followed.</param>
    /// <returns>Null where links go in a circle.</returns>
    internal static FollowedPlace? Follow(string place, Func<string, (string Place, FileEntry Entry)?> look, bool isPrefix = false, bool openLink = false)
    {
        var links = new List<string>();
        var todo = new Stack<string>(Place.Parts(place).Reverse());
        var at = "";
        while (todo.TryPop(out var part))
        {
            if (part == "..")
            {
                if (at.Length == 0 && isPrefix)
                {
                    return new(at, links, string.Join('/', ["..", .. todo]));
                }

                at = Place.Parent(at);
                continue;
            }

            at = Place.Join(at, part);
            if (look(at) is not { } found)
            {
                continue;
            }

            at = found.Place;
            if (found.Entry is not { Kind: FileKind.SymbolicLink, Target: { } target } || (openLink && todo.Count == 0))
            {
                continue;
            }

            if (links.Count == Limit)
            {
                return null;
            }

            links.Add(at);
            at = Place.Parent(at);
            if (target.StartsWith('/'))
            {
                if (isPrefix)
                {
                    return new(at, links, string.Join('/', [target.TrimEnd('/'), .. todo]));
                }

                at = "";
            }

            foreach (var step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != ".").Reverse())
            {
                todo.Push(step);
            }
        }

        return new(at, links);
    }
}

using AppLayer.Files;

namespace AppLayer.Capture.Noise;

/// <summary>Trees of layers over a base, as an overlay has them below its writable layer.</summary>
/// <param name="directories">The trees, the first of which wins; the last is the base.</param>
/// <param name="layout">How they lie.</param>
internal sealed class LowerTrees(IReadOnlyList<string> directories, LayerLayout layout) : ILowerFiles
{
    public bool? IsSame(string place, FileEntry entry, string path)
    {
        foreach (var directory in directories)
        {
            if (LinuxFileReader.TryReadOne(directory, place, layout.Platform)?.Entry is { } below)
            {
                return below.Kind == FileKind.Whiteout ? null : SameMetadata(entry, below)
                    && (entry.Kind != FileKind.File || SameContent(path, Path.Combine(directory, place)));
            }

            if (IsHidden(directory, place))
            {
                return null;
            }
        }

        return null;
    }

    private static bool SameMetadata(FileEntry one, FileEntry other) =>
        one.Kind == other.Kind && one.Mode == other.Mode && (one.UserId, one.GroupId) == (other.UserId, other.GroupId)
        && one.Attributes == other.Attributes && one.Target == other.Target && one.Length == other.Length
        && one.ExtendedAttributes.Select(attribute => attribute.Name).SequenceEqual(other.ExtendedAttributes.Select(attribute => attribute.Name))
        && one.ExtendedAttributes.Zip(other.ExtendedAttributes).All(pair => pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span));

    private static bool SameContent(string one, string other)
    {
        using var hasher = new ContentHasher();
        using var first = File.OpenHandle(one);
        using var second = File.OpenHandle(other);
        return hasher.Hash(first, CancellationToken.None, out _) == hasher.Hash(second, CancellationToken.None, out _);
    }

    // Whether a directory on the way there hides all that further trees have.
    private bool IsHidden(string directory, string place)
    {
        for (var slash = place.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = place.IndexOf('/', slash + 1))
        {
            var above = LinuxFileReader.TryReadOne(directory, place[..slash], layout.Platform)?.Entry;
            if (above is { Opaque: true } or { Kind: not FileKind.Directory })
            {
                return true;
            }
        }

        return false;
    }
}

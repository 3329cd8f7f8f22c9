using System.Buffers;
using System.Text;
using AppLayer.Files;
using AppLayer.Paths;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>
/// Looks in files' content for texts that mean another thing on another machine: known roots' paths, the user's home directory and identifier; as
/// single bytes and as UTF-16, letters in any case on Windows.
/// </summary>
internal sealed class PathSearch
{
    /// <summary>Places that are told of one file.</summary>
    internal const int MostOfAFile = 8;

    private readonly Pattern[] _patterns;
    private readonly SearchValues<byte> _firsts;
    private readonly int _longest;
    private readonly byte[] _seam;
    private int _carried;
    private long _offset;

    internal PathSearch(LayerPlatform platform)
    {
        var texts = platform == LayerPlatform.Windows
            ? LayerLayout.WineRoots.Where(root => root.Text.Length > "C:".Length).Select(root => (root.Text, IsUsers(root)))
            : HomeDirectories().Select(home => (home, true));
        // The longest first: it says more than what it begins with.
        _patterns = [.. texts.OrderByDescending(one => one.Item1.Length).SelectMany(one => new[]
        {
            new Pattern(one.Item1, Encoding.Latin1.GetBytes(one.Item1), one.Item2, platform == LayerPlatform.Windows),
            new Pattern(one.Item1, Encoding.Unicode.GetBytes(one.Item1), one.Item2, platform == LayerPlatform.Windows),
        })];
        _firsts = SearchValues.Create([.. _patterns.SelectMany(pattern => new[] { pattern.Bytes[0], (byte)char.ToLowerInvariant((char)pattern.Bytes[0]) })]);
        _longest = _patterns.Length == 0 ? 0 : _patterns.Max(pattern => pattern.Bytes.Length);
        _seam = new byte[2 * _longest];
    }

    /// <summary>What was found in the file, in order.</summary>
    internal List<(string Text, long Offset, bool IsUsers)> Found { get; } = [];

    /// <summary>Begins a file.</summary>
    internal void Begin()
    {
        Found.Clear();
        _carried = 0;
        _offset = 0;
    }

    /// <summary>Looks at the next block of the file.</summary>
    internal void Look(ReadOnlySpan<byte> block)
    {
        if (_longest == 0)
        {
            return;
        }

        // What lies across the blocks' seam: the end of what came before with the beginning of this.
        var head = block[..Math.Min(block.Length, _longest - 1)];
        head.CopyTo(_seam.AsSpan(_carried));
        Search(_seam.AsSpan(0, _carried + head.Length), _offset - _carried, _carried);
        Search(block, _offset, block.Length);
        var tail = block[^Math.Min(block.Length, _longest - 1)..];
        tail.CopyTo(_seam);
        _carried = tail.Length;
        _offset += block.Length;
        Found.Sort(static (left, right) => left.Offset.CompareTo(right.Offset));
        var last = -1L;
        Found.RemoveAll(found =>
        {
            var isDouble = found.Offset == last;
            last = found.Offset;
            return isDouble;
        });
        if (Found.Count > MostOfAFile)
        {
            Found.RemoveRange(MostOfAFile, Found.Count - MostOfAFile);
        }
    }

    private static bool IsUsers(RootLocation root) => root.Kind == RootKind.Identifier || root.Text.Contains($@"\{LayerLayout.WineUser}", StringComparison.Ordinal);

    private static IEnumerable<string> HomeDirectories()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 1 ? [home + "/"] : [];
    }

    // Begins within the first so many bytes.
    private void Search(ReadOnlySpan<byte> data, long offset, int begins)
    {
        for (var (at, count) = (0, 0); at < begins && count < MostOfAFile; at++)
        {
            var step = data[at..begins].IndexOfAny(_firsts);
            if (step < 0)
            {
                return;
            }

            at += step;
            var rest = data[at..];
            foreach (var pattern in _patterns)
            {
                if (pattern.Matches(rest))
                {
                    Found.Add((pattern.Text, offset + at, pattern.IsUsers));
                    at += pattern.Bytes.Length - 1;
                    count++;
                    break;
                }
            }
        }
    }

    private readonly record struct Pattern(string Text, byte[] Bytes, bool IsUsers, bool AnyCase)
    {
        // Most are told apart by the second letter, which comes as the second or third byte.
        internal bool Matches(ReadOnlySpan<byte> data) => data.Length >= Bytes.Length && data[2] == Bytes[2] && data[1] == Bytes[1]
            && (AnyCase ? Ascii.EqualsIgnoreCase(data[..Bytes.Length], Bytes) : data.StartsWith(Bytes));
    }
}

using AppLayer.Files;

namespace AppLayer.Store;

/// <summary>Compares an entry with what a tree has in its place.</summary>
internal static class TreeDifference
{
    /// <summary>What differs, in words; null if nothing. Content is not looked at.</summary>
    /// <param name="wanted">The entry.</param>
    /// <param name="found">What the tree has.</param>
    /// <param name="hasOwners">Whether who committed could give files their owners and rights.</param>
    internal static string? Between(FileEntry wanted, FileEntry found, bool hasOwners)
    {
        if (wanted.Kind != found.Kind)
        {
            return $"it is a {found.Kind}, not a {wanted.Kind}";
        }

        if (wanted.Kind == FileKind.Whiteout)
        {
            return null;
        }

        var differences = new List<string>();
        Compare("time", Time(wanted.Modified), Time(found.Modified));
        Compare("link", wanted.Target, found.Target);
        Compare("hard link", wanted.HardLink, found.HardLink);
        Compare("length", wanted.Length, found.Length);
        Compare("attributes", wanted.Attributes, found.Attributes);
        if (!OperatingSystem.IsWindows())
        {
            Compare("mode", Convert.ToString(wanted.Mode, 8), Convert.ToString(found.Mode, 8));
            Compare("opaque", wanted.Opaque, found.Opaque);
            Compare("extended attributes", Text(wanted, hasOwners), Text(found, hasOwners));
            if (hasOwners)
            {
                Compare("user", wanted.UserId, found.UserId);
                Compare("group", wanted.GroupId, found.GroupId);
            }
        }

        return differences.Count == 0 ? null : string.Join("; ", differences);

        void Compare<T>(string what, T one, T other)
        {
            if (!EqualityComparer<T>.Default.Equals(one, other))
            {
                differences.Add($"its {what} is {other}, not {one}");
            }
        }
    }

    // Where nothing is known, a tree has the time that Unix counts from.
    private static FileTime Time(FileTime time) => time.Ticks == 0 && UnixTime.TryFrom(0, 0, out var epoch) ? epoch : time;

    private static string Text(FileEntry entry, bool withRights) =>
        string.Join(' ', entry.ExtendedAttributes.Where(attribute => withRights || attribute.Name != "security.capability").Select(attribute => $"{attribute.Name}={Convert.ToHexStringLower(attribute.Value.Span)}"));
}

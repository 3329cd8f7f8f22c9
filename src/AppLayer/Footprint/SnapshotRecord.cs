namespace AppLayer.Footprint;

/// <summary>One record of a snapshot. Records of a file are in the order of <see cref="Compare"/>, so that two files are compared side by side.</summary>
/// <param name="Place">The number of its place.</param>
/// <param name="Entry">An <see cref="ObservedFile"/>, <see cref="ObservedKey"/> or <see cref="ObservedValue"/>.</param>
internal readonly record struct SnapshotRecord(int Place, object Entry)
{
    /// <summary>
    /// The order: places; of each the files, a directory before what is in it; then keys, each followed by its values and then by the keys
    /// in it.
    /// </summary>
    internal static int Compare(in SnapshotRecord left, in SnapshotRecord right)
    {
        var order = left.Place.CompareTo(right.Place);
        order = order != 0 ? order : (left.Entry is not ObservedFile).CompareTo(right.Entry is not ObservedFile);
        if (order != 0)
        {
            return order;
        }

        if (left.Entry is ObservedFile a)
        {
            return ComparePaths(a.Path, ((ObservedFile)right.Entry).Path);
        }

        order = CompareKeys(KeyOf(left.Entry), KeyOf(right.Entry));
        return order != 0 ? order : (left.Entry, right.Entry) switch
        {
            (ObservedValue first, ObservedValue second) => CompareNames(first.Name, second.Name),
            _ => (left.Entry is ObservedValue).CompareTo(right.Entry is ObservedValue),
        };
    }

    /// <summary>The order of names of keys and values.</summary>
    internal static int CompareNames(string left, string right) => string.Compare(left, right, StringComparison.OrdinalIgnoreCase);

    private static string KeyOf(object entry) => entry is ObservedKey key ? key.Path : ((ObservedValue)entry).Key;

    // The separator comes before all other bytes: what is in a directory follows it at once.
    private static int ComparePaths(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = left.CommonPrefixLength(right);
        return common == left.Length || common == right.Length ? left.Length.CompareTo(right.Length)
            : left[common] == '/' ? -1
            : right[common] == '/' ? 1
            : left[common].CompareTo(right[common]);
    }

    private static int CompareKeys(string left, string right)
    {
        var a = left.AsSpan().Split('\\');
        var b = right.AsSpan().Split('\\');
        while (true)
        {
            var (more, other) = (a.MoveNext(), b.MoveNext());
            if (!more || !other)
            {
                return more.CompareTo(other);
            }

            var order = left.AsSpan()[a.Current].CompareTo(right.AsSpan()[b.Current], StringComparison.OrdinalIgnoreCase);
            if (order != 0)
            {
                return order;
            }
        }
    }
}

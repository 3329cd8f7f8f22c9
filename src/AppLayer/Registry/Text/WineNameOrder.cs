namespace AppLayer.Registry.Text;

/// <summary>
/// The order in which wineserver keeps subkeys and values: lower-cased UTF-16 units, then length (server/registry.c, find_subkey).
/// Windows compares upper-cased ones, which puts an underscore after the letters instead of before.
/// </summary>
internal sealed class WineNameOrder : IComparer<string>
{
    internal static readonly WineNameOrder Instance = new();

    public int Compare(string? x, string? y) => Compare(x.AsSpan(), y.AsSpan());

    internal static int Compare(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        for (int i = a.CommonPrefixLength(b); i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i]) continue;
            int order = char.ToLowerInvariant(a[i]) - char.ToLowerInvariant(b[i]);
            if (order != 0) return order;
        }

        return a.Length - b.Length;
    }

    /// <summary>The entries in this order; no copy is sorted where they are in it already.</summary>
    internal static IEnumerable<T> Sorted<T>(IReadOnlyCollection<T> entries, Func<T, string> name)
    {
        string? last = null;
        foreach (var entry in entries)
        {
            if (last is not null && Instance.Compare(last, name(entry)) > 0)
            {
                return entries.OrderBy(name, Instance);
            }

            last = name(entry);
        }

        return entries;
    }
}

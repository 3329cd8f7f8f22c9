using AppLayer.Registry;
using AppLayer.Registry.Views;

namespace AppLayer.Wine;

/// <summary>Something that Wine itself changes in the registry whenever it runs, so that it says nothing of the application.</summary>
/// <param name="Root">The root.</param>
/// <param name="Path">The key's path below it.</param>
/// <param name="Value">The value's name; null for the key with all that is in it.</param>
public readonly record struct WineNoise(RegistryRoot Root, string Path, string? Value = null)
{
    /// <summary>What Wine 8.0 changes at each start.</summary>
    public static IReadOnlyList<WineNoise> Known { get; } =
    [
    ];

    /// <summary>Takes noise out of a difference, and the keys that were there for it alone.</summary>
    internal static void Remove(RegistryKey layer, IEnumerable<WineNoise> noise)
    {
        foreach (var (root, path, value) in noise)
        {
            Remove(layer, $@"{root}\{path}".Split('\\'), 0, value);
        }
    }

    private static void Remove(RegistryKey key, string[] path, int at, string? value)
    {
        var isLast = at == path.Length - 1;
        if (!key.TryGetSubkey(path[at], out var subkey) || subkey.Mark != LayerMark.Merge && !isLast) return;
        if (!isLast)
        {
            Remove(subkey, path, at + 1, value);
        }

        var isGone = isLast && (value is null || (subkey.RemoveValue(value) && HasNothing(subkey)));
        if (isGone || (!isLast && HasNothing(subkey) && subkey.LastWrite.Ticks == 0)) key.Remove(path[at]);
    }

    private static bool HasNothing(RegistryKey key) =>
        key.Mark == LayerMark.Merge && key.Values.Count == 0 && key.Subkeys.Count == 0 && key.Class is null && !key.IsLink;
}

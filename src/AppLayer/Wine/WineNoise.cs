using AppLayer.Registry;
using AppLayer.Registry.Views;

namespace AppLayer.Wine;

/// <summary>Something that Wine itself changes in the registry whenever it runs, so that it says nothing of the application.</summary>
/// <param name="Root">The root.</param>
/// <param name="Path">The key's path below it.</param>
/// <param name="Value">The value's name; null for the key with all that is in it.</param>
public readonly record struct WineNoise(RegistryRoot Root, string Path, string? Value = null)
{
    private const string CurrentVersion = @"Software\Microsoft\Windows NT\CurrentVersion";
    private const string Control = @"System\CurrentControlSet\Control";

    /// <summary>What Wine 8.0 changes at its starts, from the host's devices, time zone and language.</summary>
    public static IReadOnlyList<WineNoise> Known { get; } =
    [
        new(RegistryRoot.Machine, $@"{CurrentVersion}\NetworkCards"),
        new(RegistryRoot.Machine, $@"{Control}\Class\{{4D36E968-E325-11CE-BFC1-08002BE10318}}"), // Display adapters, with the time of the start.
        new(RegistryRoot.Machine, $@"{Control}\Class\{{4D36E96E-E325-11CE-BFC1-08002BE10318}}"), // Monitors.
        new(RegistryRoot.Machine, $@"{Control}\DeviceClasses"),
        new(RegistryRoot.Machine, $@"{Control}\Video"),
        new(RegistryRoot.Machine, $@"{Control}\TimeZoneInformation"),
        new(RegistryRoot.Machine, @"System\CurrentControlSet\Enum"),
        new(RegistryRoot.CurrentUser, @"Control Panel\International"),
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

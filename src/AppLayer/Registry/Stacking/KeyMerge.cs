using System.Runtime.InteropServices;

namespace AppLayer.Registry.Stacking;

/// <summary>
/// How keys of one path, the first of which wins, become one. Every rule of a stack is here: <see cref="Reach"/> says which keys take part,
/// <see cref="Compose"/> what comes of them.
/// </summary>
internal static class KeyMerge
{
    /// <summary>
    /// Leaves of the keys of one path, the top first, those that take part: up to a superseding one, and none from a tombstone on.
    /// </summary>
    public static void Reach(List<RegistryKey> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Mark is LayerMark.Tombstone or LayerMark.Supersede)
            {
                var taken = keys[i].Mark == LayerMark.Supersede ? i + 1 : i;
                keys.RemoveRange(taken, keys.Count - taken);
                return;
            }
        }
    }

    /// <summary>
    /// The one key that those that take part make, without marks. A subtree that only <paramref name="shared"/> gives isn't copied.
    /// </summary>
    public static RegistryKey Compose(List<RegistryKey> keys, RegistryKey? shared)
    {
        if (keys.Count == 1 && keys[0] == shared)
        {
            return shared;
        }

        var key = new RegistryKey(keys[0].Name);
        SetAttributes(key, keys);
        SetValues(key, keys);
        var seen = keys.Count > 1 ? new HashSet<string>(RegistryNameComparer.Instance) : null;
        for (var i = 0; i < keys.Count; i++)
        {
            foreach (var subkey in keys[i].Subkeys)
            {
                if (seen is not null && !seen.Add(subkey.Name))
                {
                    continue;
                }

                var same = new List<RegistryKey>(1) { subkey };
                RegistryKey? sharedSubkey = keys[i] == shared ? subkey : null;
                for (var below = i + 1; below < keys.Count; below++)
                {
                    if (keys[below].TryGetSubkey(subkey.Name, out var other))
                    {
                        same.Add(other);
                        sharedSubkey = keys[below] == shared ? other : sharedSubkey;
                    }
                }

                Reach(same);
                if (same.Count > 0)
                {
                    key.Add(Compose(same, sharedSubkey));
                }
            }
        }

        return key;
    }

    /// <summary>How many of the keys, from the top, have to do with what the key itself is and holds, rather than with its subkeys alone.</summary>
    public static int Own(List<RegistryKey> keys)
    {
        var local = keys.FindIndex(key => key.Mark == LayerMark.SupersedeLocal);
        return local < 0 ? keys.Count : local + 1;
    }

    /// <summary>
    /// Class, time and security are those of the first key that has any: a layer often holds a key only for what is below it. A key is a
    /// link if any of them is one, since a link stays one for as long as it exists.
    /// </summary>
    public static void SetAttributes(RegistryKey key, List<RegistryKey> keys)
    {
        foreach (var from in CollectionsMarshal.AsSpan(keys)[..Own(keys)])
        {
            key.Class ??= from.Class;
            key.LastWrite = key.LastWrite.Ticks == 0 ? from.LastWrite : key.LastWrite;
            key.Security = key.Security.IsEmpty ? from.Security : key.Security;
            key.IsLink |= from.IsLink;
        }
    }

    /// <summary>Values in the order of the lowest key that names them, so that what an upper one changes keeps its place.</summary>
    private static void SetValues(RegistryKey key, List<RegistryKey> keys)
    {
        for (var i = Own(keys) - 1; i >= 0; i--)
        {
            foreach (var value in keys[i].Values)
            {
                var winner = value;
                for (var above = 0; above < i; above++)
                {
                    if (keys[above].TryGetValue(value.Name, out var other))
                    {
                        winner = other;
                        break;
                    }
                }

                if (!winner.IsTombstone)
                {
                    key.Set(winner);
                }
            }
        }
    }
}

namespace AppLayer.Registry.Stacking;

/// <summary>
/// Two layers as one, which shows the same over anything: a second run's changes onto the writable layer, or a layer merged with another.
/// </summary>
public static class LayerFlattening
{
    /// <summary>The one layer. Deletions that either made are kept, since they hide what a layer below may have one day.</summary>
    /// <param name="upper">The layer that wins.</param>
    /// <param name="lower">The layer under it.</param>
    public static RegistryKey Flatten(RegistryKey upper, RegistryKey lower)
    {
        ArgumentNullException.ThrowIfNull(upper);
        ArgumentNullException.ThrowIfNull(lower);
        if (upper.Mark == LayerMark.Tombstone)
        {
            return new(upper.Name) { Mark = LayerMark.Tombstone };
        }

        List<RegistryKey> keys = [upper, lower];
        if (upper.Mark == LayerMark.Supersede || lower.Mark is LayerMark.Tombstone or LayerMark.Supersede)
        {
            KeyMerge.Reach(keys);
            var alone = KeyMerge.Compose(keys, shared: null);
            alone.Mark = LayerMark.Supersede;
            return alone;
        }

        // What stands alone needs no tombstones.
        var isLocal = upper.Mark == LayerMark.SupersedeLocal || lower.Mark == LayerMark.SupersedeLocal;
        var key = new RegistryKey(upper.Name) { Mark = isLocal ? LayerMark.SupersedeLocal : LayerMark.Merge };
        KeyMerge.SetAttributes(key, keys);
        foreach (var value in upper.Mark == LayerMark.SupersedeLocal ? upper.Values : lower.Values.Concat(upper.Values))
        {
            if (isLocal && value.IsTombstone)
            {
                key.RemoveValue(value.Name);
            }
            else
            {
                key.Set(value);
            }
        }

        foreach (var subkey in upper.Subkeys)
        {
            key.Add(lower.TryGetSubkey(subkey.Name, out var other) ? Flatten(subkey, other) : RegistryTree.Copy(subkey));
        }

        foreach (var subkey in lower.Subkeys)
        {
            if (!upper.TryGetSubkey(subkey.Name, out _))
            {
                key.Add(RegistryTree.Copy(subkey));
            }
        }

        return key;
    }
}

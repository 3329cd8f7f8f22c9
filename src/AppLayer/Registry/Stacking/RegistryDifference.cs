namespace AppLayer.Registry.Stacking;

/// <summary>
/// What a layer must hold to turn one registry into another: over anything that composes to the first, it composes to the second. The
/// result holds no entry that could be left out.
/// </summary>
public static class RegistryDifference
{
    /// <summary>The layer, as a tree with marks.</summary>
    /// <param name="before">The registry before, without marks.</param>
    /// <param name="after">The registry after, without marks.</param>
    /// <returns>A root; with nothing in it where nothing has changed.</returns>
    public static RegistryKey Between(RegistryKey before, RegistryKey after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return Difference(before, after) ?? new RegistryKey(after.Name);
    }

    private static RegistryKey? Difference(RegistryKey before, RegistryKey after)
    {
        if (ReferenceEquals(before, after))
        {
            return null;
        }

        if (IsMadeAnew(before, after))
        {
            var anew = RegistryTree.Copy(after);
            anew.Mark = LayerMark.Supersede;
            return anew;
        }

        var sameSecurity = before.Security.Span.SequenceEqual(after.Security.Span);
        var difference = new RegistryKey(after.Name)
        {
            LastWrite = before.LastWrite == after.LastWrite ? default : after.LastWrite,
            Security = sameSecurity ? default : after.Security,
        };
        AddValues(difference, before, after);
        AddSubkeys(difference, before, after);
        var changed = before.Name != after.Name || before.LastWrite != after.LastWrite || !sameSecurity
            || difference.Values.Count > 0 || difference.Subkeys.Count > 0;
        return changed ? difference : null;
    }

    /// <summary>
    /// Whether the key was deleted and made again: what no call changes on a key has changed, or nothing that it held is left and it holds
    /// something else. A time or security that is gone can't be said by adding to the key below either.
    /// </summary>
    private static bool IsMadeAnew(RegistryKey before, RegistryKey after) =>
        before.Class != after.Class || before.IsLink != after.IsLink
        || (after.LastWrite.Ticks == 0 && before.LastWrite.Ticks != 0) || (after.Security.IsEmpty && !before.Security.IsEmpty)
        || (before.Values.Count + before.Subkeys.Count > 0 && after.Values.Count + after.Subkeys.Count > 0
            && !before.Values.Any(value => after.TryGetValue(value.Name, out _))
            && !before.Subkeys.Any(subkey => after.TryGetSubkey(subkey.Name, out _)));

    private static void AddValues(RegistryKey difference, RegistryKey before, RegistryKey after)
    {
        foreach (var value in after.Values)
        {
            if (!before.TryGetValue(value.Name, out var old) || !old.Equals(value))
            {
                difference.Set(value);
            }
        }

        foreach (var value in before.Values)
        {
            if (!after.TryGetValue(value.Name, out _))
            {
                difference.Set(RegistryValue.Tombstone(value.Name));
            }
        }
    }

    private static void AddSubkeys(RegistryKey difference, RegistryKey before, RegistryKey after)
    {
        foreach (var subkey in after.Subkeys)
        {
            var changed = before.TryGetSubkey(subkey.Name, out var old) ? Difference(old, subkey) : RegistryTree.Copy(subkey);
            if (changed is not null)
            {
                difference.Add(changed);
            }
        }

        foreach (var subkey in before.Subkeys)
        {
            if (!after.TryGetSubkey(subkey.Name, out _))
            {
                difference.Add(new(subkey.Name) { Mark = LayerMark.Tombstone });
            }
        }
    }
}

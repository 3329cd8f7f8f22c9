namespace AppLayer.Registry.Stacking;

/// <summary>Finds where layers of a stack disagree, before it bites. What a layer changes of the base is no conflict.</summary>
public static class RegistryConflicts
{
    /// <summary>The conflicts, by path. Where a key is deleted or replaced as a whole, what is in it isn't listed too.</summary>
    /// <param name="layers">The layers; the first wins.</param>
    public static IReadOnlyList<RegistryConflict> Find(IEnumerable<RegistryLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        List<Party> parties = [.. layers.Select(layer => new Party(layer.Name, layer.Tree))];
        foreach (var party in parties)
        {
            RegistryTree.Check(party.Key, marks: true, nameof(layers));
        }

        var conflicts = new List<RegistryConflict>();
        Compare("", parties, conflicts);
        return conflicts;
    }

    private static void Compare(string path, List<Party> parties, List<RegistryConflict> conflicts)
    {
        var reached = ReachedBy(path, parties, conflicts);
        if (reached.Count < 2)
        {
            return;
        }

        var own = OwnOf(path, reached, conflicts);
        CompareAttributes(path, own, conflicts);
        CompareValues(path, own, conflicts);
        var seen = new SortedSet<string>(RegistryNameComparer.Instance);
        foreach (var name in reached.SelectMany(party => party.Key.Subkeys).Select(key => key.Name))
        {
            seen.Add(name);
        }

        foreach (var name in seen)
        {
            var same = new List<Party>();
            foreach (var party in reached)
            {
                if (party.Key.TryGetSubkey(name, out var subkey))
                {
                    same.Add(new(party.Layer, subkey));
                }
            }

            if (same.Count > 1)
            {
                Compare(path.Length == 0 ? same[0].Key.Name : $@"{path}\{same[0].Key.Name}", same, conflicts);
            }
        }
    }

    /// <summary>Those whose content is seen together, after what the first mark among them hides was listed.</summary>
    private static List<Party> ReachedBy(string path, List<Party> parties, List<RegistryConflict> conflicts)
    {
        var mark = parties.FindIndex(party => party.Key.Mark is LayerMark.Tombstone or LayerMark.Supersede);
        if (mark < 0)
        {
            return parties;
        }

        var marked = parties[mark];
        var deletes = marked.Key.Mark == LayerMark.Tombstone;
        if (deletes && mark > 0)
        {
            conflicts.Add(new(path, null, RegistryConflictKind.DeletionUndone, parties[0].Layer, marked.Layer));
        }

        foreach (var hidden in parties.Skip(mark + 1).Where(party => party.Key.Mark != LayerMark.Tombstone))
        {
            var kind = deletes ? RegistryConflictKind.KeyDeleted : RegistryConflictKind.KeySuperseded;
            conflicts.Add(new(path, null, kind, marked.Layer, hidden.Layer));
        }

        return parties[..(deletes ? mark : mark + 1)];
    }

    /// <summary>Those whose values and attributes are seen together, after what a key that supersedes locally hides was listed.</summary>
    private static List<Party> OwnOf(string path, List<Party> parties, List<RegistryConflict> conflicts)
    {
        var local = parties.FindIndex(party => party.Key.Mark == LayerMark.SupersedeLocal);
        if (local < 0)
        {
            return parties;
        }

        foreach (var hidden in parties.Skip(local + 1).Where(party => HasOwn(party.Key)))
        {
            conflicts.Add(new(path, null, RegistryConflictKind.KeySuperseded, parties[local].Layer, hidden.Layer));
        }

        return parties[..(local + 1)];
    }

    private static bool HasOwn(RegistryKey key) => key.Values.Count > 0 || key.Class is not null || !key.Security.IsEmpty || key.IsLink;

    private static void CompareAttributes(string path, List<Party> parties, List<RegistryConflict> conflicts)
    {
        for (var i = 1; i < parties.Count; i++)
        {
            var (first, other) = (parties[0].Key, parties[i].Key);
            if (first.IsLink != other.IsLink)
            {
                conflicts.Add(new(path, null, RegistryConflictKind.Link, parties[0].Layer, parties[i].Layer));
            }

            var classes = first.Class is not null && other.Class is not null && first.Class != other.Class;
            if (classes || (!first.Security.IsEmpty && !other.Security.IsEmpty && !first.Security.Span.SequenceEqual(other.Security.Span)))
            {
                conflicts.Add(new(path, null, RegistryConflictKind.Attributes, parties[0].Layer, parties[i].Layer));
            }
        }
    }

    private static void CompareValues(string path, List<Party> parties, List<RegistryConflict> conflicts)
    {
        var winners = new Dictionary<string, (string Layer, RegistryValue Value)>(RegistryNameComparer.Instance);
        foreach (var party in parties)
        {
            foreach (var value in party.Key.Values)
            {
                if (!winners.TryAdd(value.Name, (party.Layer, value)))
                {
                    var (layer, winner) = winners[value.Name];
                    RegistryConflictKind? kind = (winner.IsTombstone, value.IsTombstone) switch
                    {
                        (true, true) => null,
                        (true, false) => RegistryConflictKind.ValueDeleted,
                        (false, true) => RegistryConflictKind.DeletionUndone,
                        _ when winner.Type == value.Type && winner.Data.Span.SequenceEqual(value.Data.Span) => null,
                        _ => RegistryConflictKind.Value,
                    };
                    if (kind is not null)
                    {
                        conflicts.Add(new(path, winner.Name, kind.Value, layer, party.Layer));
                    }
                }
            }
        }
    }

    private readonly record struct Party(string Layer, RegistryKey Key);
}

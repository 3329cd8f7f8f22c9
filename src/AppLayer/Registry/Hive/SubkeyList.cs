namespace AppLayer.Registry.Hive;

/// <summary>How far a cursor has come in one key's lists of subkeys. Places are offsets from the first hive bin.</summary>
internal record struct SubkeyList
{
    /// <summary>The key's record.</summary>
    internal uint Parent;

    /// <summary>How many subkeys the key says that it has.</summary>
    internal uint Expected;

    /// <summary>How many are in the lists so far.</summary>
    internal long Found;

    /// <summary>The key's security descriptor.</summary>
    internal uint Security;

    /// <summary>Whether the key, or one that it is in, supersedes.</summary>
    internal bool IsSuperseded;

    /// <summary>The list of lists, if there is one.</summary>
    internal uint Root;

    /// <summary>Lists in the list of lists.</summary>
    internal int LeafCount;

    /// <summary>The next of them.</summary>
    internal int NextLeaf;

    /// <summary>The list.</summary>
    internal uint Leaf;

    /// <summary>Keys in the list.</summary>
    internal int Count;

    /// <summary>The next of them.</summary>
    internal int Next;

    /// <summary>The record of the key before.</summary>
    internal uint? Previous;

    /// <summary>Whether all names are known to differ.</summary>
    internal bool IsChecked;

    internal void SetLeaf(uint leaf, int count)
    {
        (Leaf, Count, Next) = (leaf, count, 0);
        Found += count;
    }
}

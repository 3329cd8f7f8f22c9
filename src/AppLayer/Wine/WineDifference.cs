using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;

namespace AppLayer.Wine;

/// <summary>
/// The difference of two registry files. Trees are made of what differs alone; a subkey whose piece of the text is the same in both stands in
/// both trees as one empty key.
/// </summary>
internal static class WineDifference
{
    /// <summary>The layer that turns one file's registry into the other's; null where nothing has changed but times.</summary>
    internal static RegistryKey? Between(WineRegistryText before, WineRegistryText after, string name)
    {
        if (Trees(before, WineRegistryText.Root, after, WineRegistryText.Root, name, name) is not { } trees) return null;
        var difference = RegistryDifference.Between(trees.Before, trees.After);
        return difference.Values.Count + difference.Subkeys.Count > 0 || difference.Mark != LayerMark.Merge ? difference : null;
    }

    private static (RegistryKey Before, RegistryKey After)? Trees(
        WineRegistryText before, int old, WineRegistryText after, int now, string oldName, string newName)
    {
        if (before.PieceText(old).SequenceEqual(after.PieceText(now))) return null;
        var (oldKey, newKey) = (Key(before, old, oldName), Key(after, now, newName));
        if (oldKey.Class != newKey.Class || oldKey.IsLink != newKey.IsLink)
        {
            // It was made anew, and is copied as a whole.
            AddSubkeys(before, old, oldKey);
            AddSubkeys(after, now, newKey);
            return (oldKey, newKey);
        }

        var isSame = new WineSectionText(before.Section(old)).Content.SequenceEqual(new WineSectionText(after.Section(now)).Content);
        if (isSame || after.Section(now).IsEmpty) newKey.LastWrite = oldKey.LastWrite;
        var (oldChild, newChild) = (before.FirstChild(old), after.FirstChild(now));
        while (oldChild >= 0 || newChild >= 0)
        {
            var order = oldChild < 0 ? 1 : newChild < 0 ? -1 : Compare(before.Name(oldChild), after.Name(newChild));
            if (order < 0)
            {
                // Only its name is needed of what is gone.
                oldKey.Add(new(before.Name(oldChild).ToString()));
            }
            else if (order > 0)
            {
                newKey.Add(Tree(after, newChild));
            }
            else
            {
                var (name, spelling) = (before.Name(oldChild).ToString(), after.Name(newChild).ToString());
                var trees = Trees(before, oldChild, after, newChild, name, spelling);
                var same = trees is null ? new RegistryKey(spelling) : null;
                oldKey.Add(same ?? trees!.Value.Before);
                newKey.Add(same ?? trees!.Value.After);
            }

            oldChild = order <= 0 ? before.Next(oldChild) : oldChild;
            newChild = order >= 0 ? after.Next(newChild) : newChild;
        }

        return (oldKey, newKey);
    }

    private static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var order = WineNameOrder.Compare(x, y);
        return order == 0 ? RegistryNameComparer.Compare(x, y) : order;
    }

    private static RegistryKey Tree(WineRegistryText text, int node)
    {
        var key = Key(text, node, text.Name(node).ToString());
        AddSubkeys(text, node, key);
        return key;
    }

    private static void AddSubkeys(WineRegistryText text, int node, RegistryKey key)
    {
        for (var child = text.FirstChild(node); child >= 0; child = text.Next(child)) key.Add(Tree(text, child));
    }

    /// <summary>A key as its section says it; one without has no time.</summary>
    private static RegistryKey Key(WineRegistryText text, int node, string name)
    {
        var key = new RegistryKey(name);
        var section = text.Section(node);
        if (section.IsEmpty) return key;
        foreach (var part in new WineRegistryReader(section, RegistryTextLimits.Default).ReadSections().Sections)
        {
            (key.LastWrite, key.Class, key.IsLink) = (part.LastWrite, part.Class, part.IsLink);
            foreach (var value in part.Values) key.Set(value);
        }

        return key;
    }
}

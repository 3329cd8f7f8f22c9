namespace AppLayer.Registry.Text;

/// <summary>Carries edits out on a layer, where what is deleted must stay deleted in the layers below too.</summary>
internal readonly ref struct RegLayerEdit(RegistryKey layer)
{
    /// <param name="edit">The edit.</param>
    /// <param name="path">Where its key is in the layer's tree.</param>
    internal void Carry(RegKeyEdit edit, string path)
    {
        // Below a superseded key nothing shines through, so there deletions leave nothing behind.
        bool covered = false;
        var key = layer;
        for (int start = 0; start <= path.Length;)
        {
            int end = path.IndexOf('\\', start);
            if (end < 0) end = path.Length;
            string name = path[start..end];
            start = end + 1;
            if (edit.IsDeletion && end == path.Length)
            {
                key.Remove(name);
                if (!covered) key.Add(new(name) { Mark = LayerMark.Tombstone });
                return;
            }

            if (!key.TryGetSubkey(name, out var next))
            {
                if (edit.IsDeletion && covered) return;
                key.Add(next = new(name));
            }
            else if (next.Mark == LayerMark.Tombstone)
            {
                if (edit.IsDeletion) return;
                next.Mark = LayerMark.Supersede;
            }

            covered |= next.Mark == LayerMark.Supersede;
            key = next;
        }

        foreach (var value in edit.Values)
        {
            if (value.IsTombstone && covered) key.RemoveValue(value.Name);
            else key.Set(value);
        }
    }
}

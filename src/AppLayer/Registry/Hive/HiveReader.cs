namespace AppLayer.Registry.Hive;

/// <summary>Makes a tree of what a cursor comes by.</summary>
internal static class HiveReader
{
    internal static RegistryKey Read(ReadOnlyMemory<byte> file)
    {
        var cursor = new HiveCursor(file);
        var names = new HiveNames();
        var path = new List<RegistryKey>();
        while (cursor.ReadKey())
        {
            var key = new RegistryKey(cursor.Depth == 0 ? "" : names[cursor.Name])
            {
                LastWrite = cursor.LastWrite,
                IsLink = cursor.IsLink,
                Class = cursor.HasClass ? cursor.Class.ToString() : null,
                Mark = cursor.Mark,
                Security = cursor.SharesSecurity ? default : cursor.KeepSecurity(),
            };
            while (cursor.ReadValue())
            {
                key.Set(cursor.IsTombstone
                    ? RegistryValue.Tombstone(names[cursor.ValueName])
                    : new(names[cursor.ValueName], cursor.ValueType, cursor.KeepData()));
            }

            path.RemoveRange(cursor.Depth, path.Count - cursor.Depth);
            if (path.Count > 0)
            {
                path[^1].Add(key);
            }

            path.Add(key);
        }

        if (path[0].Security.Span.SequenceEqual(DefaultSecurity.Descriptor.Span))
        {
            path[0].Security = default;
        }

        return path[0];
    }
}

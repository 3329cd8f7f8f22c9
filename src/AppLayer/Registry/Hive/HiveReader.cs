namespace AppLayer.Registry.Hive;

/// <summary>Reads one hive.</summary>
internal sealed class HiveReader
{
    private readonly HiveCells _cells;
    private readonly HivePointer _root;
    private readonly uint _minorVersion;
    private readonly int _binsSize;
    private readonly Dictionary<uint, SharedSecurity> _securities = [];

    internal HiveReader(ReadOnlyMemory<byte> file)
    {
        var block = new BaseBlock(file.Span);
        _root = block.Root;
        _minorVersion = block.MinorVersion;
        _binsSize = block.BinsSize;
        _cells = new HiveCells(file, block.BinsSize);
    }

    internal RegistryKey Read()
    {
        var node = new KeyNode(_cells.Take(_root));
        if ((node.Flags & KeyFlags.Root) == 0)
        {
            throw _root.Field.Fault("it leads to a key that is not marked as a root");
        }

        var root = new RegistryKey("");
        var security = Fill(root, node, HivePointer.Nowhere, false);
        ReadSubkeys(root, node, _root.Value, security, root.Mark == LayerMark.Supersede, 1);
        if (root.Security.Span.SequenceEqual(DefaultSecurity.Descriptor.Span))
        {
            root.Security = default;
        }

        return root;
    }

    /// <summary>Reads all of a key but its name and subkeys.</summary>
    /// <returns>Where its security descriptor is.</returns>
    private uint Fill(RegistryKey key, KeyNode node, uint parentSecurity, bool inSuperseded)
    {
        key.LastWrite = node.LastWrite;
        key.IsLink = (node.Flags & KeyFlags.Link) != 0;
        key.Class = ReadClass(node);
        key.Mark = ReadMark(node, inSuperseded);
        ReadValues(key, node);
        var security = node.Security.Value;
        var descriptor = ReadSecurity(node.Security);
        if (security != parentSecurity)
        {
            key.Security = descriptor;
        }

        return security;
    }

    private void ReadSubkeys(RegistryKey key, KeyNode node, uint offset, uint security, bool superseded, int depth)
    {
        var count = node.SubkeyCount;
        if (count == 0)
        {
            return;
        }

        if (depth > RegistryLimits.Depth)
        {
            throw node.SubkeyCountField.Fault($"keys are more than {RegistryLimits.Depth} deep");
        }

        long found = 0;
        var list = _cells.Take(node.Subkeys);
        if (IndexRoot.IsIn(list))
        {
            var root = new IndexRoot(list);
            for (var i = 0; i < root.Count; i++)
            {
                found += ReadLeaf(key, new IndexLeaf(_cells.Take(root[i])), offset, security, superseded, depth);
            }
        }
        else
        {
            found = ReadLeaf(key, new IndexLeaf(list), offset, security, superseded, depth);
        }

        if (found != count)
        {
            throw node.SubkeyCountField.Fault($"{count} where the lists have {found}");
        }
    }

    private int ReadLeaf(RegistryKey parent, IndexLeaf leaf, uint parentOffset, uint parentSecurity, bool superseded, int depth)
    {
        for (var i = 0; i < leaf.Count; i++)
        {
            var pointer = leaf[i];
            var node = new KeyNode(_cells.Take(pointer));
            if (node.Parent.Value != parentOffset)
            {
                throw node.Parent.Field.Fault($"0x{node.Parent.Value:x} where the key is in the one at 0x{parentOffset:x}");
            }

            var key = new RegistryKey(node.Name);
            if (parent.TryGetSubkey(key.Name, out _))
            {
                throw node.NameField.Fault("the key has another subkey of that name");
            }

            parent.Add(key);
            var security = Fill(key, node, parentSecurity, superseded);
            ReadSubkeys(key, node, pointer.Value, security, superseded || key.Mark == LayerMark.Supersede, depth + 1);
        }

        return leaf.Count;
    }

    private string? ReadClass(KeyNode node)
    {
        if (node.Class.IsNowhere || node.ClassLength == 0)
        {
            return null;
        }

        return _cells.Take(node.Class).Text(0, node.ClassLength, false, node.ClassLengthField);
    }

    private LayerMark ReadMark(KeyNode node, bool inSuperseded)
    {
        // Before version 1.6 the bits are spare, and some writers leave remnants there.
        switch (_minorVersion < BaseBlock.VersionOfLayers ? LayerSemantics.Merge : node.Layer)
        {
            case LayerSemantics.Tombstone when node.SubkeyCount > 0 || node.ValueCount > 0 || node.ClassLength > 0:
                throw node.LayerField.Fault("a tombstone has neither subkeys, values nor a class");
            case LayerSemantics.Tombstone:
                return LayerMark.Tombstone;
            case LayerSemantics.SupersedeLocal:
                throw node.LayerField.Fault("a key that supersedes without its subkeys is not supported");
            case LayerSemantics.SupersedeTree when !inSuperseded:
                return LayerMark.Supersede;
            default:
                return LayerMark.Merge;
        }
    }

    private void ReadValues(RegistryKey key, KeyNode node)
    {
        var count = node.ValueCount;
        if (count == 0)
        {
            return;
        }

        var list = _cells.Take(node.Values);
        if (count > list.Data.Length / sizeof(uint))
        {
            throw node.ValueCountField.Fault($"{count} do not fit in the list's {list.Data.Length} bytes");
        }

        for (var i = 0; i < count; i++)
        {
            var pointer = list.Pointer("values list", "Key value offset", i * sizeof(uint));
            var record = new KeyValue(_cells.Take(pointer));
            var value = ReadValue(record);
            if (key.TryGetValue(value.Name, out _))
            {
                throw pointer.Field.Fault("the key has another value of that name");
            }

            key.Set(value);
        }
    }

    private RegistryValue ReadValue(KeyValue record)
    {
        if (_minorVersion >= BaseBlock.VersionOfLayers && record.IsTombstone)
        {
            return record.Size == 0 && record.Type == RegistryValueType.None
                ? RegistryValue.Tombstone(record.Name)
                : throw record.FlagsField.Fault("a tombstone has neither data nor a type");
        }

        return new(record.Name, record.Type, ReadData(record));
    }

    private ReadOnlyMemory<byte> ReadData(KeyValue record)
    {
        if (record.IsInline)
        {
            return record.InlineData(_cells);
        }

        if (record.Size == 0)
        {
            return default;
        }

        // Also bounds what is allocated for data in several cells.
        if (record.Size > _binsSize)
        {
            throw record.SizeField.Fault($"{record.Size} bytes are more than the hive has");
        }

        var size = (int)record.Size;
        var cell = _cells.Take(record.Data);
        if (size <= cell.Data.Length)
        {
            return _cells.Keep(cell, 0, size);
        }

        return size > BigData.SegmentLength && _minorVersion >= BaseBlock.VersionOfBigData
            ? ReadSegments(new BigData(cell), size)
            : throw record.SizeField.Fault($"{size} bytes reach over the end of the cell, which has {cell.Data.Length}");
    }

    private byte[] ReadSegments(BigData record, int size)
    {
        if (record.Count != BigData.CountFor(size))
        {
            throw record.CountField.Fault($"{record.Count} where {size} bytes take {BigData.CountFor(size)}");
        }

        var list = _cells.Take(record.Segments);
        if (record.Count > list.Data.Length / sizeof(uint))
        {
            throw record.CountField.Fault($"{record.Count} do not fit in the list's {list.Data.Length} bytes");
        }

        var data = new byte[size];
        for (var i = 0; i < record.Count; i++)
        {
            var pointer = list.Pointer("segments list", "Data segment offset", i * sizeof(uint));
            var start = i * BigData.SegmentLength;
            var length = Math.Min(BigData.SegmentLength, size - start);
            var segment = _cells.Take(pointer);
            if (segment.Data.Length < length)
            {
                throw pointer.Field.Fault($"the segment has {segment.Data.Length} bytes of {length}");
            }

            segment.Data[..length].CopyTo(data.AsSpan(start));
        }

        return data;
    }

    private ReadOnlyMemory<byte> ReadSecurity(HivePointer pointer)
    {
        if (pointer.IsNowhere)
        {
            return default;
        }

        if (!_securities.TryGetValue(pointer.Value, out var shared))
        {
            var record = new KeySecurity(_cells.Take(pointer));
            CheckRing(pointer.Value, record);
            _securities.Add(pointer.Value, shared = new(record.Descriptor(_cells), record.References, record.ReferencesField));
        }

        // More than are in use is a leak; fewer means that it would be freed under the keys that have it.
        shared.Use();
        return shared.Descriptor;
    }

    private void CheckRing(uint offset, KeySecurity record)
    {
        if (new KeySecurity(_cells.Look(record.Flink)).Blink.Value != offset)
        {
            throw record.Flink.Field.Fault("the next descriptor does not lead back");
        }

        if (new KeySecurity(_cells.Look(record.Blink)).Flink.Value != offset)
        {
            throw record.Blink.Field.Fault("the descriptor before does not lead here");
        }
    }
}

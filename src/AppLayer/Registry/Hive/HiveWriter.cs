using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace AppLayer.Registry.Hive;

/// <summary>Writes one hive.</summary>
internal sealed class HiveWriter
{
    private const string NameOfRoot = "ROOT";
    private const uint Version = 5;

    // Names of the keys on the way to the one that is being written, for errors.
    private readonly List<string> _path = [];
    private HiveSpace _space = null!;
    private SecurityRing _securities = null!;
    private bool _hasMarks;

    internal ReadOnlyMemory<byte> Write(RegistryKey root)
    {
        _space = new(root.LastWrite, BaseBlock.Length + Room(root, 0));
        _securities = new(_space);
        var cell = WriteKey(root, HivePointer.Nowhere, DefaultSecurity.Descriptor, false);
        _securities.Close();
        return _space.Finish(_hasMarks ? BaseBlock.VersionOfLayers : Version, cell);
    }

    /// <summary>About how many bytes a key takes with all that is in it, so that the file needn't grow much.</summary>
    private static long Room(RegistryKey key, int depth)
    {
        const int Slack = 16, Pointer = 8;
        if (depth > RegistryLimits.Depth)
        {
            return 0;
        }

        long room = KeyNode.LengthFor(key.Name) + (2 * Slack) + Pointer + ((key.Class?.Length ?? 0) * sizeof(char));
        foreach (var value in key.Values)
        {
            room += KeyValue.LengthFor(value.Name) + Pointer + Slack + (value.Data.Length > KeyValue.InlineLength ? value.Data.Length + Slack : 0);
        }

        foreach (var subkey in key.Subkeys)
        {
            room += Room(subkey, depth + 1);
        }

        // Cells don't go across the end of a bin.
        return depth > 0 ? room : room + (room / 32);
    }

    private int WriteKey(RegistryKey key, uint parent, ReadOnlyMemory<byte> inherited, bool inSuperseded)
    {
        var isRoot = _path.Count == 0;
        var name = isRoot && key.Name.Length == 0 ? NameOfRoot : key.Name;
        _path.Add(name);
        Check(key, name);
        _hasMarks |= key.Mark != LayerMark.Merge;

        var security = key.Security.IsEmpty ? inherited : key.Security;
        var superseded = inSuperseded || key.Mark == LayerMark.Supersede;
        var cell = _space.Allocate(KeyNode.LengthFor(name));
        KeyNodeLinks links = new(
            parent,
            Class: WriteClass(key),
            Security: (uint)_securities.Reference(security),
            Values: WriteValues(key),
            Subkeys: WriteSubkeys(key, (uint)cell, security, superseded));
        var flags = (isRoot ? KeyFlags.Root | KeyFlags.NoDelete : 0) | (key.IsLink ? KeyFlags.Link : 0);
        var layer = key.Mark == LayerMark.Tombstone ? LayerSemantics.Tombstone : superseded ? LayerSemantics.SupersedeTree
            : key.Mark == LayerMark.SupersedeLocal ? LayerSemantics.SupersedeLocal : LayerSemantics.Merge;
        KeyNode.Write(_space.At(cell), key, name, flags, layer, inSuperseded && layer == LayerSemantics.SupersedeTree ? key.Mark : LayerMark.Merge, links);
        _path.RemoveAt(_path.Count - 1);
        return cell;
    }

    private uint WriteClass(RegistryKey key)
    {
        if (string.IsNullOrEmpty(key.Class))
        {
            return HivePointer.Nowhere;
        }

        var cell = _space.Allocate(key.Class.Length * sizeof(char));
        MemoryMarshal.AsBytes(key.Class.AsSpan()).CopyTo(_space.At(cell));
        return (uint)cell;
    }

    private uint WriteSubkeys(RegistryKey key, uint cell, ReadOnlyMemory<byte> security, bool superseded)
    {
        if (key.Subkeys.Count == 0)
        {
            return HivePointer.Nowhere;
        }

        var (keys, nodes) = (new RegistryKey[key.Subkeys.Count], new int[key.Subkeys.Count]);
        var count = 0;
        foreach (var subkey in key.Subkeys)
        {
            keys[count] = subkey;
            nodes[count++] = WriteKey(subkey, cell, security, superseded);
        }

        var leaves = new int[(keys.Length + IndexLeaf.Capacity - 1) / IndexLeaf.Capacity];
        for (var i = 0; i < leaves.Length; i++)
        {
            var start = i * IndexLeaf.Capacity;
            var length = Math.Min(IndexLeaf.Capacity, keys.Length - start);
            leaves[i] = _space.Allocate(IndexLeaf.LengthFor(length));
            IndexLeaf.Write(_space.At(leaves[i]), keys.AsSpan(start, length), nodes.AsSpan(start, length));
        }

        if (leaves.Length == 1)
        {
            return (uint)leaves[0];
        }

        Refuse(leaves.Length > ushort.MaxValue ? "it has too many subkeys" : null);
        var list = _space.Allocate(IndexRoot.LengthFor(leaves.Length));
        IndexRoot.Write(_space.At(list), leaves);
        return (uint)list;
    }

    private uint WriteValues(RegistryKey key)
    {
        if (key.Values.Count == 0)
        {
            return HivePointer.Nowhere;
        }

        var cells = new int[key.Values.Count];
        var count = 0;
        foreach (var value in key.Values)
        {
            Check(value);
            _hasMarks |= value.IsTombstone;
            var data = WriteData(value.Data.Span, value.IsTombstone);
            cells[count] = _space.Allocate(KeyValue.LengthFor(value.Name));
            KeyValue.Write(_space.At(cells[count++]), value, data);
        }

        return (uint)WriteList(cells);
    }

    private uint WriteData(ReadOnlySpan<byte> data, bool isTombstone)
    {
        if (data.Length <= KeyValue.InlineLength)
        {
            return isTombstone ? HivePointer.Nowhere : 0;
        }

        if (data.Length <= BigData.SegmentLength)
        {
            return (uint)WriteBytes(data);
        }

        var segments = new int[BigData.CountFor(data.Length)];
        for (var i = 0; i < segments.Length; i++)
        {
            var rest = data[(i * BigData.SegmentLength)..];
            segments[i] = WriteBytes(rest[..Math.Min(rest.Length, BigData.SegmentLength)], BigData.SegmentPadding);
        }

        var list = WriteList(segments);
        var cell = _space.Allocate(BigData.FixedLength);
        BigData.Write(_space.At(cell), segments.Length, list);
        return (uint)cell;
    }

    private int WriteBytes(ReadOnlySpan<byte> data, int padding = 0)
    {
        var cell = _space.Allocate(data.Length + padding);
        data.CopyTo(_space.At(cell));
        return cell;
    }

    private int WriteList(ReadOnlySpan<int> offsets)
    {
        var list = _space.Allocate(offsets.Length * sizeof(int));
        var elements = _space.At(list);
        for (var i = 0; i < offsets.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(elements[(i * sizeof(int))..], offsets[i]);
        }

        return list;
    }

    private void Check(RegistryKey key, string name)
    {
        var problem = _path.Count - 1 > RegistryLimits.Depth ? $"keys are more than {RegistryLimits.Depth} deep"
            : name.Length is 0 or > RegistryLimits.KeyName ? $"its name has {name.Length} characters, not 1 to {RegistryLimits.KeyName}"
            : name.Contains('\\', StringComparison.Ordinal) ? "there is a backslash in its name"
            : key.Class is { Length: > RegistryLimits.Class } ? "its class is too long"
            : key.Security.Length is > 0 and < KeySecurity.LeastDescriptor ? "its security descriptor is too short for one"
            : key.Mark == LayerMark.Tombstone && (key.Subkeys.Count > 0 || key.Values.Count > 0 || key.Class is not null)
                ? "a tombstone has neither subkeys, values nor a class"
            : null;
        Refuse(problem);
    }

    private void Check(RegistryValue value)
    {
        var problem = value.Name.Length > RegistryLimits.ValueName
                ? $"a value's name has {value.Name.Length} characters, more than {RegistryLimits.ValueName}"
            : value.Data.Length > BigData.MaximumLength ? $"the data of value '{value.Name}' has {value.Data.Length} bytes"
            : value.IsTombstone && (!value.Data.IsEmpty || value.Type != RegistryValueType.None)
                ? $"value '{value.Name}' is a tombstone and has neither data nor a type"
            : null;
        Refuse(problem);
    }

    private void Refuse(string? problem)
    {
        if (problem is not null)
        {
            var path = string.Join('\\', _path);
            throw new ArgumentException($"A hive cannot hold key '{(path.Length <= 500 ? path : "…" + path[^500..])}': {problem}.");
        }
    }
}

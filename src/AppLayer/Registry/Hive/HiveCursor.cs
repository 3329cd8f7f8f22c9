namespace AppLayer.Registry.Hive;

/// <summary>
/// Goes through a hive's keys and their values, depth first, and makes no object for any of them: what it shows are the file's own bytes. Whatever
/// the hive holds, going through ends, or a <see cref="HiveException"/> says what is wrong, in time and memory that the file's size bounds.
/// </summary>
/// <example>
/// <code>
/// var cursor = new HiveCursor(file);
/// while (cursor.ReadKey())
/// {
///     while (cursor.ReadValue()) size += cursor.Data.Length;
/// }
/// </code>
/// </example>
/// <remarks>
/// All that a tree needs is checked on the way, but for the values of keys whose values aren't asked for. Memory is two bits for each 8 bytes of
/// the file, and what data in several cells needs to be put together.
/// </remarks>
public ref struct HiveCursor
{
    // Names of up to so many values are compared each with all; those of more are sorted by their hashes.
    private const int FewValues = 64;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly HiveCells _cells;
    private readonly HivePointer _root;
    private readonly uint _minorVersion;
    private readonly int _binsSize;
    private readonly Dictionary<uint, SharedSecurity> _securities = [];

    // The lists of subkeys that are being gone through, the root's first.
    private SubkeyList[] _lists = new SubkeyList[16];
    private int _depth = -1;

    // The key.
    private KeyNode _key;
    private uint _keyAt;
    private bool _isEntered;
    private bool _isSuperseded;
    private uint _securityAt;
    private uint _parentSecurityAt;
    private SharedSecurity? _security;
    private uint _sharedAt;

    // Its values.
    private HiveCell _values;
    private int _valueCount;
    private int _nextValue;
    private ulong[] _hashes = new ulong[16];
    private bool _hasTwins;
    private HiveText _valueName;
    private KeyValue _value;
    private ReadOnlySpan<byte> _data;
    private int _dataAt;
    private byte[] _assembled = [];

    /// <summary>Begins before the root. All cells are walked through at once.</summary>
    /// <param name="file">The file's bytes, which must not change.</param>
    /// <exception cref="HiveException">It is no hive, it is dirty (transaction logs are not applied), or its cells are damaged.</exception>
    public HiveCursor(ReadOnlyMemory<byte> file)
    {
        var block = new BaseBlock(file.Span);
        _file = file;
        _root = block.Root;
        _minorVersion = block.MinorVersion;
        _binsSize = block.BinsSize;
        _cells = new HiveCells(file.Span.Slice(BaseBlock.Length, _binsSize));
        _sharedAt = HivePointer.Nowhere;
        _parentSecurityAt = HivePointer.Nowhere;
    }

    /// <summary>How deep the key is; 0 for the root.</summary>
    public readonly int Depth => _depth;

    /// <summary>The key's name. The root's means nothing.</summary>
    public HiveText Name { get; private set; }

    /// <summary>When the key was changed last.</summary>
    public readonly FileTime LastWrite => _key.LastWrite;

    /// <summary>Whether the key is a symbolic link.</summary>
    public readonly bool IsLink => (_key.Flags & KeyFlags.Link) != 0;

    /// <summary>Whether the key has a class.</summary>
    public bool HasClass { get; private set; }

    /// <summary>The key's class.</summary>
    public HiveText Class { get; private set; }

    /// <summary>What the key does to the layers below.</summary>
    public LayerMark Mark { get; private set; }

    /// <summary>The key's security descriptor in self-relative form (MS-DTYP, 2.4.6), its own or the one that it shares with its parent.</summary>
    public readonly ReadOnlySpan<byte> Security => _security is null ? default : _file.Span.Slice(_security.Start, _security.Length);

    /// <summary>Whether the key shares its security descriptor with its parent.</summary>
    public readonly bool SharesSecurity => _securityAt == _parentSecurityAt;

    /// <summary>How many values the key has.</summary>
    public readonly int ValueCount => _valueCount;

    /// <summary>The value's name; empty for the default value.</summary>
    public readonly HiveText ValueName => _valueName;

    /// <summary>The value's type.</summary>
    public readonly RegistryValueType ValueType => _value.Type;

    /// <summary>Whether the value is a tombstone.</summary>
    public bool IsTombstone { get; private set; }

    /// <summary>The value's data. That of values in several cells is gone with the next value.</summary>
    public readonly ReadOnlySpan<byte> Data => _data;

    /// <summary>Goes to the next key, depth first: first the root, then the key's first subkey, or what follows it.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="HiveException">The hive is damaged.</exception>
    public bool ReadKey()
    {
        if (_depth < 0)
        {
            return !_isEntered && ReadRoot();
        }

        if (!_isEntered)
        {
            _isEntered = true;
            if (_key.SubkeyCount > 0)
            {
                OpenList();
            }
            else
            {
                _depth--;
            }
        }

        while (_depth >= 0)
        {
            ref var list = ref _lists[_depth];
            if (list.Next < list.Count)
            {
                ReadSubkey(ref list);
                return true;
            }

            if (list.NextLeaf < list.LeafCount)
            {
                OpenLeaf(ref list, new IndexRoot(_cells.At(list.Root))[list.NextLeaf++]);
            }
            else
            {
                if (list.Found != list.Expected)
                {
                    throw new KeyNode(_cells.At(list.Parent)).SubkeyCountField.Fault($"{list.Expected} where the lists have {list.Found}");
                }

                _depth--;
            }
        }

        return false;
    }

    /// <summary>Goes to the key's next value.</summary>
    /// <returns>False after the last.</returns>
    /// <exception cref="HiveException">The hive is damaged.</exception>
    public bool ReadValue()
    {
        if (_nextValue >= _valueCount)
        {
            CheckValueNames();
            return false;
        }

        var pointer = ValuePointer(_nextValue);
        _value = new KeyValue(_cells.Take(pointer));
        _valueName = _value.Name;
        var hash = _valueName.NameHash();
        if (_nextValue == _hashes.Length)
        {
            Array.Resize(ref _hashes, Math.Min(_hashes.Length * 4, _valueCount));
        }

        _hasTwins |= _nextValue < FewValues && _hashes.AsSpan(0, _nextValue).Contains(hash);
        _hashes[_nextValue++] = hash;
        IsTombstone = _minorVersion >= BaseBlock.VersionOfLayers && _value.IsTombstone;
        if (IsTombstone && (_value.Size != 0 || _value.Type != RegistryValueType.None))
        {
            throw _value.FlagsField.Fault("a tombstone has neither data nor a type");
        }

        ReadData();
        return true;
    }

    /// <summary>The value's data for longer: a part of the file, or a copy of what was put together.</summary>
    internal readonly ReadOnlyMemory<byte> KeepData() => _dataAt >= 0 ? _file.Slice(_dataAt, _data.Length) : _data.ToArray();

    /// <summary>The key's security descriptor for longer.</summary>
    internal readonly ReadOnlyMemory<byte> KeepSecurity() => _security is null ? default : _file.Slice(_security.Start, _security.Length);

    private bool ReadRoot()
    {
        _key = new KeyNode(_cells.Take(_root));
        if ((_key.Flags & KeyFlags.Root) == 0)
        {
            throw _root.Field.Fault("it leads to a key that is not marked as a root");
        }

        _keyAt = _root.Value;
        _depth = 0;
        Fill(false);
        return true;
    }

    private void ReadSubkey(ref SubkeyList list)
    {
        var pointer = new IndexLeaf(_cells.At(list.Leaf))[list.Next++];
        _key = new KeyNode(_cells.Take(pointer));
        _keyAt = pointer.Value;
        if (_key.Parent.Value != list.Parent)
        {
            throw _key.Parent.Field.Fault($"0x{_key.Parent.Value:x} where the key is in the one at 0x{list.Parent:x}");
        }

        Name = _key.Name;
        if (list.Previous is { } previous && !list.IsChecked)
        {
            var order = HiveText.Compare(new KeyNode(_cells.At(previous)).Name, Name);
            if (order == 0)
            {
                throw TwinKey(_key);
            }

            // In order none can be there twice.
            if (order > 0)
            {
                CheckSubkeyNames(list);
                list.IsChecked = true;
            }
        }

        list.Previous = pointer.Value;
        _depth++;
        _isEntered = false;
        _parentSecurityAt = list.Security;
        Fill(list.IsSuperseded);
    }

    /// <summary>Reads all of a key but its name, its values and its subkeys.</summary>
    private void Fill(bool inSuperseded)
    {
        HasClass = !_key.Class.IsNowhere && _key.ClassLength > 0;
        Class = HasClass ? _cells.Take(_key.Class).Text(0, _key.ClassLength, false, _key.ClassLengthField) : default;
        Mark = ReadMark(inSuperseded);
        _isSuperseded = inSuperseded || Mark == LayerMark.Supersede;
        _valueCount = 0;
        _nextValue = 0;
        _hasTwins = false;
        if (_key.ValueCount is var count and > 0)
        {
            _values = _cells.Take(_key.Values);
            if (count > _values.Data.Length / sizeof(uint))
            {
                throw _key.ValueCountField.Fault($"{count} do not fit in the list's {_values.Data.Length} bytes");
            }

            _valueCount = (int)count;
        }

        ReadSecurity();
    }

    private readonly LayerMark ReadMark(bool inSuperseded)
    {
        // Before version 1.6 the bits are spare, and some writers leave remnants there.
        switch (_minorVersion < BaseBlock.VersionOfLayers ? LayerSemantics.Merge : _key.Layer)
        {
            case LayerSemantics.Tombstone when _key.SubkeyCount > 0 || _key.ValueCount > 0 || _key.ClassLength > 0:
                throw _key.LayerField.Fault("a tombstone has neither subkeys, values nor a class");
            case LayerSemantics.Tombstone:
                return LayerMark.Tombstone;
            case LayerSemantics.SupersedeLocal:
                return LayerMark.SupersedeLocal;
            case LayerSemantics.SupersedeTree when !inSuperseded:
                return LayerMark.Supersede;
            case LayerSemantics.SupersedeTree:
                return _key.MarkInSuperseded;
            default:
                return LayerMark.Merge;
        }
    }

    private void OpenList()
    {
        if (_depth >= RegistryLimits.Depth)
        {
            throw _key.SubkeyCountField.Fault($"keys are more than {RegistryLimits.Depth} deep");
        }

        if (_depth == _lists.Length)
        {
            Array.Resize(ref _lists, _depth * 2);
        }

        ref var list = ref _lists[_depth];
        list = new() { Parent = _keyAt, Expected = _key.SubkeyCount, Security = _securityAt, IsSuperseded = _isSuperseded };
        var cell = _cells.Take(_key.Subkeys);
        if (IndexRoot.IsIn(cell))
        {
            list.Root = _key.Subkeys.Value;
            list.LeafCount = new IndexRoot(cell).Count;
        }
        else
        {
            list.SetLeaf(_key.Subkeys.Value, new IndexLeaf(cell).Count);
        }
    }

    private readonly void OpenLeaf(ref SubkeyList list, HivePointer pointer) => list.SetLeaf(pointer.Value, new IndexLeaf(_cells.Take(pointer)).Count);

    /// <summary>Looks through all of a key's lists, since they are not in order.</summary>
    private readonly void CheckSubkeyNames(in SubkeyList list)
    {
        var names = new HashSet<string>(RegistryNameComparer.Instance);
        if (list.LeafCount == 0)
        {
            AddNames(names, new IndexLeaf(_cells.At(list.Leaf)));
            return;
        }

        // A list that is there twice has its keys twice.
        var root = new IndexRoot(_cells.At(list.Root));
        for (var i = 0; i < root.Count; i++)
        {
            AddNames(names, new IndexLeaf(_cells.Look(root[i])));
        }
    }

    private readonly void AddNames(HashSet<string> names, IndexLeaf leaf)
    {
        for (var i = 0; i < leaf.Count; i++)
        {
            var node = new KeyNode(_cells.Look(leaf[i]));
            if (!names.Add(node.Name.ToString()))
            {
                throw TwinKey(node);
            }
        }
    }

    private static HiveException TwinKey(KeyNode node) => node.NameField.Fault("the key has another subkey of that name");

    private void CheckValueNames()
    {
        if (_nextValue > FewValues)
        {
            var hashes = _hashes.AsSpan(0, _nextValue);
            hashes.Sort();
            for (var i = 1; i < hashes.Length; i++)
            {
                _hasTwins |= hashes[i] == hashes[i - 1];
            }
        }

        if (!_hasTwins)
        {
            return;
        }

        // Their hashes are the same, so perhaps they are.
        _hasTwins = false;
        var names = new HashSet<string>(RegistryNameComparer.Instance);
        for (var i = 0; i < _valueCount; i++)
        {
            var pointer = ValuePointer(i);
            if (!names.Add(new KeyValue(_cells.Look(pointer)).Name.ToString()))
            {
                throw pointer.Field.Fault("the key has another value of that name");
            }
        }
    }

    private readonly HivePointer ValuePointer(int index) => _values.Pointer("values list", "Key value offset", index * sizeof(uint));

    private void ReadData()
    {
        if (_value.IsInline)
        {
            SetData(_value.Cell, KeyValue.InlineAt, (int)_value.Size);
            return;
        }

        if (_value.Size == 0)
        {
            SetData(_value.Cell, 0, 0);
            return;
        }

        // Also bounds what is allocated for data in several cells.
        if (_value.Size > _binsSize)
        {
            throw _value.SizeField.Fault($"{_value.Size} bytes are more than the hive has");
        }

        var size = (int)_value.Size;
        var cell = _cells.Take(_value.Data);
        if (size <= cell.Data.Length)
        {
            SetData(cell, 0, size);
        }
        else if (size > BigData.SegmentLength && _minorVersion >= BaseBlock.VersionOfBigData)
        {
            ReadSegments(new BigData(cell), size);
        }
        else
        {
            throw _value.SizeField.Fault($"{size} bytes reach over the end of the cell, which has {cell.Data.Length}");
        }
    }

    private void SetData(HiveCell cell, int start, int length)
    {
        _data = cell.Data.Slice(start, length);
        _dataAt = cell.Offset + start;
    }

    private void ReadSegments(BigData record, int size)
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

        if (_assembled.Length < size)
        {
            _assembled = new byte[Math.Max(size, Math.Min(_assembled.Length * 2, _binsSize))];
        }

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

            segment.Data[..length].CopyTo(_assembled.AsSpan(start));
        }

        _data = _assembled.AsSpan(0, size);
        _dataAt = -1;
    }

    private void ReadSecurity()
    {
        var pointer = _key.Security;
        _securityAt = pointer.Value;
        if (pointer.IsNowhere)
        {
            _security = null;
            _sharedAt = HivePointer.Nowhere;
            return;
        }

        // Mostly it is that of the key before.
        if (_securityAt != _sharedAt)
        {
            if (!_securities.TryGetValue(_securityAt, out _security))
            {
                var record = new KeySecurity(_cells.Take(pointer));
                CheckRing(_securityAt, record);
                _securities.Add(_securityAt, _security = new(record.Start, record.Length, record.References, record.ReferencesField));
            }

            _sharedAt = _securityAt;
        }

        // More than are in use is a leak; fewer means that it would be freed under the keys that have it.
        _security!.Use();
    }

    private readonly void CheckRing(uint offset, KeySecurity record)
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

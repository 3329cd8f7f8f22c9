using System.Buffers.Binary;

namespace AppLayer.Registry.Hive;

/// <summary>A key (regf specification, "Key node").</summary>
internal readonly ref struct KeyNode
{
    /// <summary>Bytes before the name.</summary>
    internal const int FixedLength = 76;

    private const string Record = "nk";
    private const int FlagsAt = 2, LastWriteAt = 4, LayerAt = 13, SpareAt = 14, ParentAt = 16, SubkeyCountAt = 20, SubkeysAt = 28, VolatileSubkeysAt = 32;
    private const int ValueCountAt = 36, ValuesAt = 40, SecurityAt = 44, ClassAt = 48, LongestSubkeyNameAt = 52, LongestSubkeyClassAt = 56;
    private const int LongestValueNameAt = 60, LargestValueAt = 64, NameLengthAt = 72, ClassLengthAt = 74;
    private const int LayerSemanticsMask = 3;

    private readonly HiveCell _cell;

    internal KeyNode(HiveCell cell)
    {
        cell.Expect(Record, FixedLength);
        _cell = cell;
    }

    internal KeyFlags Flags => (KeyFlags)_cell.U16(FlagsAt);

    internal FileTime LastWrite => new(_cell.U64(LastWriteAt));

    /// <summary>Where the key that this one is in begins; without meaning for a root.</summary>
    internal HivePointer Parent => _cell.Pointer(Record, "Parent", ParentAt);

    internal uint SubkeyCount => _cell.U32(SubkeyCountAt);

    internal HiveField SubkeyCountField => _cell.Field(Record, "Number of subkeys", SubkeyCountAt);

    internal HivePointer Subkeys => _cell.Pointer(Record, "Subkeys list offset", SubkeysAt);

    internal uint ValueCount => (Flags & KeyFlags.PredefinedHandle) == 0 ? _cell.U32(ValueCountAt) : 0;

    internal HiveField ValueCountField => _cell.Field(Record, "Number of key values", ValueCountAt);

    internal HivePointer Values => _cell.Pointer(Record, "Key values list offset", ValuesAt);

    internal HivePointer Security => _cell.Pointer(Record, "Key security offset", SecurityAt);

    internal HivePointer Class => _cell.Pointer(Record, "Class name offset", ClassAt);

    /// <summary>Bytes of the class, which is UTF-16LE in a cell of its own.</summary>
    internal int ClassLength => _cell.U16(ClassLengthAt);

    internal HiveField ClassLengthField => _cell.Field(Record, "Class name length", ClassLengthAt);

    internal LayerSemantics Layer => (LayerSemantics)(_cell.Data[LayerAt] & LayerSemanticsMask);

    /// <summary>
    /// The key's own mark where the one that it is in supersedes: then all keys have one semantics, and the difference is here, in a spare field that
    /// others leave zero.
    /// </summary>
    internal LayerMark MarkInSuperseded => _cell.U16(SpareAt) switch
    {
        (ushort)LayerMark.Supersede => LayerMark.Supersede,
        (ushort)LayerMark.SupersedeLocal => LayerMark.SupersedeLocal,
        _ => LayerMark.Merge,
    };

    internal HiveField LayerField => _cell.Field(Record, "Layer semantics", LayerAt);

    internal HiveField NameField => _cell.Field(Record, "Key name string", FixedLength);

    /// <exception cref="HiveException">It is too long or no key can have it.</exception>
    internal HiveText Name
    {
        get
        {
            var length = _cell.Field(Record, "Key name length", NameLengthAt);
            var name = _cell.Text(FixedLength, _cell.U16(NameLengthAt), (Flags & KeyFlags.CompressedName) != 0, length);
            if (name.Length is 0 or > RegistryLimits.KeyName)
            {
                throw length.Fault($"{name.Length} characters are not 1 to {RegistryLimits.KeyName}");
            }

            return name.Contains('\\') ? throw NameField.Fault("a backslash parts names and cannot be in one") : name;
        }
    }

    /// <summary>Bytes of a record for a key of this name.</summary>
    internal static int LengthFor(string name) => FixedLength + HiveName.Length(name);

    internal static void Write(Span<byte> record, RegistryKey key, string name, KeyFlags flags, LayerSemantics layer, LayerMark markInSuperseded, in KeyNodeLinks links)
    {
        record[0] = (byte)Record[0];
        record[1] = (byte)Record[1];
        U16(record, FlagsAt, (ushort)(flags | (HiveName.IsCompressible(name) ? KeyFlags.CompressedName : 0)));
        BinaryPrimitives.WriteUInt64LittleEndian(record[LastWriteAt..], key.LastWrite.Ticks);
        record[LayerAt] = (byte)layer;
        U16(record, SpareAt, (ushort)markInSuperseded);
        U32(record, ParentAt, links.Parent);
        U32(record, SubkeyCountAt, (uint)key.Subkeys.Count);
        U32(record, SubkeysAt, links.Subkeys);
        U32(record, VolatileSubkeysAt, HivePointer.Nowhere);
        U32(record, ValueCountAt, (uint)key.Values.Count);
        U32(record, ValuesAt, links.Values);
        U32(record, SecurityAt, links.Security);
        U32(record, ClassAt, links.Class);
        WriteMaxima(record, key);
        U16(record, NameLengthAt, (ushort)HiveName.Length(name));
        U16(record, ClassLengthAt, (ushort)((key.Class?.Length ?? 0) * sizeof(char)));
        HiveName.Write(record[FixedLength..], name);
    }

    private static void WriteMaxima(Span<byte> record, RegistryKey key)
    {
        var (subkeyName, subkeyClass, valueName, data) = (0, 0, 0, 0);
        foreach (var subkey in key.Subkeys)
        {
            subkeyName = Math.Max(subkeyName, subkey.Name.Length);
            subkeyClass = Math.Max(subkeyClass, subkey.Class?.Length ?? 0);
        }

        foreach (var value in key.Values)
        {
            valueName = Math.Max(valueName, value.Name.Length);
            data = Math.Max(data, value.Data.Length);
        }

        U32(record, LongestSubkeyNameAt, (uint)subkeyName * sizeof(char));
        U32(record, LongestSubkeyClassAt, (uint)subkeyClass * sizeof(char));
        U32(record, LongestValueNameAt, (uint)valueName * sizeof(char));
        U32(record, LargestValueAt, (uint)data);
    }

    private static void U16(Span<byte> record, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(record[at..], value);

    private static void U32(Span<byte> record, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(record[at..], value);
}

using System.Buffers.Binary;
using System.Text;

namespace VirtEngine.Boot;

/// <summary>Reads an ELF64 file for x86-64 that lies in memory. Every offset in it is checked before it is followed.</summary>
internal readonly ref struct ElfReader
{
    internal const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int SectionHeaderSize = 64;
    private const ushort EM_X86_64 = 62;

    // Programs need a few dozen.
    private const int MaximumNeeded = 1024;

    private readonly ReadOnlySpan<byte> _file;
    private readonly ulong _programHeaders;
    private readonly ulong _sectionHeaders;

    /// <exception cref="ElfException">The header is cut off, or of another class, byte order or machine.</exception>
    internal ElfReader(ReadOnlySpan<byte> file)
    {
        _file = file;
        if (!IsElf(file)) throw new ElfException(0, "e_ident", "the magic number 7F 'ELF' is missing");
        Require(0, HeaderSize, "the header");
        if (file[4] != 2) throw new ElfException(4, "EI_CLASS", file[4] == 1 ? "a 32-bit file; a 64-bit one is needed" : $"unknown class {file[4]}");
        if (file[5] != 1) throw new ElfException(5, "EI_DATA", "big-endian; x86-64 is little-endian");
        ushort machine = U16(18);
        if (machine != EM_X86_64) throw new ElfException(18, "e_machine", $"made for {NameMachine(machine)}; x86-64 is needed");
        Type = U16(16);
        Entry = U64(24);
        _programHeaders = U64(32);
        _sectionHeaders = U64(40);
        ProgramHeaderCount = U16(56);
        SectionCount = U16(60);
        if (ProgramHeaderCount != 0) CheckTable(54, ProgramHeaderSize, _programHeaders, ProgramHeaderCount, "e_phoff");
        if (SectionCount != 0) CheckTable(58, SectionHeaderSize, _sectionHeaders, SectionCount, "e_shoff");
    }

    /// <summary>Bytes of the file.</summary>
    internal int Length => _file.Length;

    /// <summary>e_type: 1 relocatable, 2 executable, 3 shared object.</summary>
    internal ushort Type { get; }

    /// <summary>e_entry.</summary>
    internal ulong Entry { get; }

    /// <summary>e_phnum.</summary>
    internal int ProgramHeaderCount { get; }

    /// <summary>e_shnum.</summary>
    internal int SectionCount { get; }

    internal static bool IsElf(ReadOnlySpan<byte> file) => file.StartsWith("\u007fELF"u8);

    /// <summary>Reads a program header; its range in the file is checked.</summary>
    /// <exception cref="ElfException">The segment is cut off, or larger in the file than in memory.</exception>
    internal ElfProgramHeader GetProgramHeader(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ProgramHeaderCount);
        int at = (int)_programHeaders + index * ProgramHeaderSize;
        var header = new ElfProgramHeader(U32(at), U64(at + 8), U64(at + 16), U64(at + 24), U64(at + 32), U64(at + 40), U64(at + 48));
        CheckRange(at + 8, header.Offset, header.FileSize, "p_offset");
        if (header.Type == ElfProgramHeader.PT_LOAD && header.FileSize > header.MemorySize)
            throw new ElfException(at + 32, "p_filesz", $"0x{header.FileSize:x} bytes in the file, only 0x{header.MemorySize:x} in memory");
        return header;
    }

    /// <summary>A segment's bytes in the file.</summary>
    internal ReadOnlySpan<byte> GetContent(ElfProgramHeader header) => _file.Slice((int)header.Offset, (int)header.FileSize);

    /// <summary>Finds a section by its name.</summary>
    /// <exception cref="ElfException">The section table or the section is cut off.</exception>
    internal bool TryGetSection(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (SectionCount == 0) return false;
        int namesIndex = U16(62);
        if (namesIndex >= SectionCount) throw new ElfException(62, "e_shstrndx", $"section {namesIndex} of {SectionCount}");
        var names = GetSection(namesIndex, out _);
        for (int i = 0; i < SectionCount; i++)
        {
            int at = (int)_sectionHeaders + i * SectionHeaderSize;
            uint start = U32(at);
            if (start >= names.Length) throw new ElfException(at, "sh_name", $"offset 0x{start:x} lies outside the section of names");
            var candidate = names[(int)start..];
            if (candidate.Length <= name.Length || candidate[name.Length] != 0 || !candidate.StartsWith(name)) continue;
            content = GetSection(i, out _);
            return true;
        }
        return false;
    }

    /// <summary>Finds a note in the PT_NOTE segments.</summary>
    /// <param name="owner">Its owner, without the NUL.</param>
    /// <param name="type">n_type.</param>
    /// <param name="descriptor">Its content.</param>
    /// <exception cref="ElfException">A note runs over the end of its segment, or segments of notes lie over each other.</exception>
    internal bool TryGetNote(ReadOnlySpan<byte> owner, uint type, out ReadOnlySpan<byte> descriptor)
    {
        long left = _file.Length;
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            var header = GetProgramHeader(i);
            if (header.Type != ElfProgramHeader.PT_NOTE) continue;
            var notes = GetContent(header);
            left -= notes.Length;
            if (left < 0) throw new ElfException(54, "e_phnum", "there are more bytes of notes than of file");
            uint alignment = header.Alignment == 8 ? 8u : 4u;
            int at = 0;
            while (notes.Length - at >= 12)
            {
                uint nameSize = BinaryPrimitives.ReadUInt32LittleEndian(notes[at..]);
                uint size = BinaryPrimitives.ReadUInt32LittleEndian(notes[(at + 4)..]);
                ulong descriptorAt = Align((ulong)at + 12 + nameSize, alignment);
                ulong next = Align(descriptorAt + size, alignment);
                if (descriptorAt + size > (ulong)notes.Length)
                    throw new ElfException((long)header.Offset + at, "n_descsz", $"the note of {nameSize}+{size} bytes runs over its segment's end");
                var name = notes.Slice(at + 12, (int)nameSize).TrimEnd((byte)0);
                if (BinaryPrimitives.ReadUInt32LittleEndian(notes[(at + 8)..]) == type && name.SequenceEqual(owner))
                {
                    descriptor = notes.Slice((int)descriptorAt, (int)size);
                    return true;
                }
                at = (int)Math.Min(next, (ulong)notes.Length);
            }
        }
        descriptor = default;
        return false;
    }

    /// <summary>Reads the names of the shared libraries that the file needs (DT_NEEDED), in the order in which they are searched.</summary>
    /// <exception cref="ElfException">The dynamic section points outside the file, or names too many.</exception>
    internal List<string> ReadNeeded()
    {
        var needed = new List<string>();
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            var header = GetProgramHeader(i);
            if (header.Type != ElfProgramHeader.PT_DYNAMIC) continue;
            var dynamic = GetContent(header);
            ReadOnlySpan<byte> strings = default;
            for (int at = 0; at + 16 <= dynamic.Length; at += 16)
            {
                if (BinaryPrimitives.ReadUInt64LittleEndian(dynamic[at..]) != 5) continue; // DT_STRTAB
                strings = FileFrom(BinaryPrimitives.ReadUInt64LittleEndian(dynamic[(at + 8)..]), (long)header.Offset + at);
                break;
            }
            for (int at = 0; at + 16 <= dynamic.Length; at += 16)
            {
                ulong tag = BinaryPrimitives.ReadUInt64LittleEndian(dynamic[at..]);
                if (tag == 0) break;   // DT_NULL
                if (tag != 1) continue; // DT_NEEDED
                ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(dynamic[(at + 8)..]);
                var tail = offset < (ulong)strings.Length ? strings[(int)offset..] : default;
                int end = tail[..Math.Min(tail.Length, 4096)].IndexOf((byte)0);
                if (end <= 0) throw new ElfException((long)header.Offset + at, "DT_NEEDED", $"no name at offset 0x{offset:x} of the string table");
                if (needed.Count == MaximumNeeded) throw new ElfException((long)header.Offset + at, "DT_NEEDED", $"more than {MaximumNeeded} libraries");
                needed.Add(Encoding.UTF8.GetString(tail[..end]));
            }
        }
        return needed;
    }

    /// <summary>The file's bytes from a virtual address to the end of its segment.</summary>
    private ReadOnlySpan<byte> FileFrom(ulong address, long referredFrom)
    {
        for (int i = 0; i < ProgramHeaderCount; i++)
        {
            var header = GetProgramHeader(i);
            if (header.Type == ElfProgramHeader.PT_LOAD && address >= header.VirtualAddress && address - header.VirtualAddress < header.FileSize)
                return GetContent(header)[(int)(address - header.VirtualAddress)..];
        }
        throw new ElfException(referredFrom, "DT_STRTAB", $"address 0x{address:x} is in no segment");
    }

    private ReadOnlySpan<byte> GetSection(int index, out uint type)
    {
        int at = (int)_sectionHeaders + index * SectionHeaderSize;
        type = U32(at + 4);
        if (type == 8) return default; // SHT_NOBITS
        ulong offset = U64(at + 24), size = U64(at + 32);
        CheckRange(at + 24, offset, size, "sh_offset");
        return _file.Slice((int)offset, (int)size);
    }

    private void CheckTable(int sizeAt, int expectedSize, ulong offset, int count, string field)
    {
        if (U16(sizeAt) != expectedSize) throw new ElfException(sizeAt, field, $"entries of {U16(sizeAt)} bytes, not {expectedSize}");
        CheckRange(sizeAt, offset, (ulong)count * (ulong)expectedSize, field);
    }

    private void CheckRange(int fieldAt, ulong offset, ulong length, string field)
    {
        if (offset > (ulong)_file.Length || length > (ulong)_file.Length - offset)
            throw new ElfException(fieldAt, field, $"0x{length:x} bytes at 0x{offset:x}, but the file ends at 0x{_file.Length:x}: it is truncated or damaged");
    }

    private void Require(int offset, int length, string field)
    {
        if (_file.Length - offset < length) throw new ElfException(offset, field, $"the file ends after {_file.Length} bytes");
    }

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_file[offset..]);

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_file[offset..]);

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_file[offset..]);

    private static ulong Align(ulong value, uint alignment) => (value + alignment - 1) & ~(ulong)(alignment - 1);

    private static string NameMachine(ushort machine) => machine switch
    {
        3 => "32-bit x86",
        8 => "MIPS",
        21 => "64-bit PowerPC",
        22 => "IBM S/390",
        40 => "32-bit Arm",
        183 => "64-bit Arm",
        243 => "RISC-V",
        258 => "LoongArch",
        _ => $"machine {machine}",
    };
}

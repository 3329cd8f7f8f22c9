using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using VirtEngine.Boot;
using VirtEngine.Hypervisors;
using VirtEngine.Memory;
using VirtTools.Tests;

namespace VirtEngine.Tests.Boot;

[Collection("Debian kernel")]
public sealed class LinuxLoaderTests(DebianKernel debian) : IDisposable
{
    private const ulong MiB = 1 << 20;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Debians_kernel_is_loaded_as_lz4_and_readelf_see_it()
    {
        string vmlinux = ExtractVmlinux();
        using var memory = new GuestMemory(512 * MiB);
        var state = LinuxLoader.Load(memory, Parameters(debian.Vmlinuz, memory));

        var file = File.ReadAllBytes(vmlinux);
        var segments = Segments(vmlinux);
        Assert.NotEmpty(segments);
        foreach (var (offset, address, fileSize, _) in segments)
        {
            Assert.True(memory.TryGetSpan(address, fileSize, out var loaded));
            Assert.True(loaded.SequenceEqual(file.AsSpan(offset, fileSize)), $"segment at 0x{address:x}");
        }
        Assert.Equal(BootProtocol.Pvh, state.Protocol);
        Assert.Equal(PvhEntry(vmlinux), state.InstructionPointer);
        Assert.Contains(state.KernelVersion.Split(' ')[0], debian.Vmlinuz, StringComparison.Ordinal);
        Assert.Null(state.Remark);
    }

    [Fact]
    public void An_uncompressed_vmlinux_is_loaded_the_same()
    {
        string vmlinux = ExtractVmlinux();
        using var fromBzImage = new GuestMemory(256 * MiB);
        using var fromElf = new GuestMemory(256 * MiB);
        var first = LinuxLoader.Load(fromBzImage, Parameters(debian.Vmlinuz, fromBzImage));
        var second = LinuxLoader.Load(fromElf, Parameters(vmlinux, fromElf));
        Assert.Equal(first with { KernelVersion = "" }, second);
        Assert.True(fromBzImage.TryGetSpan(0, (int)(256 * MiB), out var a) && fromElf.TryGetSpan(0, (int)(256 * MiB), out var b) && a.SequenceEqual(b));
    }

    [Fact]
    public void Pvh_start_info_names_command_line_map_tables_and_initrd()
    {
        var initrd = Bytes(300_001);
        string kernel = _directory.Write("kernel", KernelFiles.Elf()), disk = _directory.Write("initrd", initrd);
        using var memory = new GuestMemory(64 * MiB);
        var parameters = Parameters(kernel, memory) with { Initrd = disk, CommandLine = "console=ttyS0 quiet", RsdpAddress = 0xE0000 };
        var state = LinuxLoader.Load(memory, parameters);

        ulong info = state.Rbx;
        Assert.Equal(0x336EC578u, U32(memory, info));
        Assert.Equal(1u, U32(memory, info + 4));
        Assert.Equal(1u, U32(memory, info + 12));
        ulong module = U64(memory, info + 16);
        ulong address = U64(memory, module);
        Assert.Equal((ulong)initrd.Length, U64(memory, module + 8));
        Assert.Equal(0ul, address % 4096);
        Assert.True(memory.TryGetSpan(address, initrd.Length, out var loaded) && loaded.SequenceEqual(initrd));
        Assert.True(address + (ulong)initrd.Length <= parameters.MemoryMap[^2].End, "the ACPI range above it stays free");
        Assert.Equal("console=ttyS0 quiet", Text(memory, U64(memory, info + 24)));
        Assert.Equal(0xE0000ul, U64(memory, info + 32));
        Assert.Equal(parameters.MemoryMap, ReadMap(memory, U64(memory, info + 40), (int)U32(memory, info + 48), 24));
    }

    [Fact]
    public void Pvh_enters_in_flat_protected_mode_with_paging_off()
    {
        using var memory = new GuestMemory(64 * MiB);
        var state = LinuxLoader.Load(memory, Parameters(_directory.Write("kernel", KernelFiles.Elf()), memory));
        var processor = ProcessorState.Reset();
        state.ApplyTo(processor);
        Assert.Equal(0x100_0010ul, processor.InstructionPointer);
        Assert.Equal(state.Rbx, processor.Registers[3]);
        Assert.Equal(1ul, processor.Cr0 & 0x8000_0001);
        Assert.Equal(0ul, processor.Cr4);
        Assert.Equal(0ul, processor.Efer);
        Assert.Equal(2ul, processor.Flags);
        foreach (int segment in (int[])[0, 1, 2, 3]) CheckAgainstTable(memory, processor, processor.Segments[segment]);
        Assert.Equal((0ul, 0x67u), (processor.TaskRegister.Base, processor.TaskRegister.Limit));
        Assert.Equal(0x8B, processor.TaskRegister.Attributes);
    }

    [Fact]
    public void The_64_bit_protocol_gives_boot_params_and_page_tables()
    {
        var initrd = Bytes(5000);
        using var memory = new GuestMemory(512 * MiB);
        var parameters = Parameters(debian.Vmlinuz, memory) with
        {
            Protocol = BootProtocol.Linux64, Initrd = _directory.Write("initrd", initrd), CommandLine = "console=ttyS0", RsdpAddress = 0xE0000,
        };
        var state = LinuxLoader.Load(memory, parameters);
        var processor = ProcessorState.Reset();
        state.ApplyTo(processor);

        ulong page = processor.Registers[6];
        var file = File.ReadAllBytes(debian.Vmlinuz);
        Assert.Equal(0xAA55, U16(memory, page + 0x1FE));
        Assert.Equal("HdrS"u8.ToArray(), Read(memory, page + 0x202, 4));
        Assert.Equal(0xFF, Read(memory, page + 0x210, 1)[0]);
        Assert.Equal(0, Read(memory, page + 0x1EF, 1)[0]); // the sentinel
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(0x260)), U32(memory, page + 0x260));
        Assert.Equal("console=ttyS0", Text(memory, U32(memory, page + 0x228)));
        Assert.Equal(0xE0000ul, U64(memory, page + 0x70));
        Assert.Equal(initrd, Read(memory, U32(memory, page + 0x218), (int)U32(memory, page + 0x21C)));
        Assert.Equal(parameters.MemoryMap, ReadMap(memory, page + 0x2D0, Read(memory, page + 0x1E8, 1)[0], 20));

        Assert.Equal(0x100_0200ul, processor.InstructionPointer);
        int kernel = (file[0x1F1] + 1) * 512;
        Assert.Equal(file.AsSpan(kernel, 1 << 20).ToArray(), Read(memory, 0x100_0000, 1 << 20));
        Assert.Equal(0x8000_0001, (long)(processor.Cr0 & 0x8000_0001));
        Assert.Equal(0x20ul, processor.Cr4 & 0x20);
        Assert.Equal(0x500ul, processor.Efer);
        Assert.Equal(0x2000, processor.Segments[1].Attributes & 0x6000); // L set, D clear
        CheckAgainstTable(memory, processor, processor.Segments[1]);
        foreach (ulong address in (ulong[])[0, 0x7000, 0x100_0200, 0x3FFF_F123, 0x4000_0000, 0xFFFF_FFFF])
            Assert.Equal(address, Walk(memory, processor.Cr3, address));
    }

    [Theory]
    [InlineData("gzip", "-c")]
    [InlineData("xz", "--check=crc32 --x86 --lzma2=dict=1MiB -c")]
    [InlineData("lz4", "-l -c")]
    [InlineData("zstd", "-q -c")]
    [InlineData("zstd", "-q -22 --ultra -c")]
    [InlineData("none", "")]
    public void A_payload_is_decompressed_on_the_host(string compression, string arguments)
    {
        var elf = KernelFiles.Elf(size: 0x12_3456, memorySize: 0x20_0000);
        var payload = compression switch
        {
            "none" => elf,
            "gzip" => Tool.Run("gzip", arguments.Split(' '), elf),
            _ => KernelFiles.WithSize(Tool.Run(compression, arguments.Split(' '), elf), elf.Length),
        };
        string kernel = _directory.Write("kernel", KernelFiles.BzImage(payload));
        using var memory = new GuestMemory(64 * MiB);
        var state = LinuxLoader.Load(memory, Parameters(kernel, memory));
        Assert.Equal(BootProtocol.Pvh, state.Protocol);
        Assert.Equal("9.9.9-made (for tests)", state.KernelVersion);
        Assert.Equal(elf.AsSpan(0x200).ToArray(), Read(memory, 0x100_0000, elf.Length - 0x200));
        Assert.Equal(new KernelDescription("9.9.9-made (for tests)", "bzImage", compression == "zstd" ? "zstandard" : compression, true), LinuxLoader.Describe(kernel));
    }

    [Fact]
    public void A_payload_that_the_host_cannot_decompress_is_left_to_the_kernel_and_said()
    {
        var elf = KernelFiles.Elf();
        string kernel = _directory.Write("kernel", KernelFiles.BzImage(KernelFiles.WithSize(Tool.Run("bzip2", ["-c"], elf), elf.Length)));
        using var memory = new GuestMemory(64 * MiB);
        var state = LinuxLoader.Load(memory, Parameters(kernel, memory));
        Assert.Equal(BootProtocol.Linux64, state.Protocol);
        Assert.Contains("bzip2", state.Remark, StringComparison.Ordinal);
        var error = Assert.Throws<BootException>(() => LinuxLoader.Load(memory, Parameters(kernel, memory) with { Protocol = BootProtocol.Pvh }));
        Assert.Contains("bzip2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_without_pvh_is_entered_by_the_64_bit_protocol()
    {
        string kernel = _directory.Write("kernel", KernelFiles.BzImage(KernelFiles.Elf(entry: null)));
        using var memory = new GuestMemory(64 * MiB);
        var state = LinuxLoader.Load(memory, Parameters(kernel, memory));
        Assert.Equal(BootProtocol.Linux64, state.Protocol);
        Assert.Contains("CONFIG_PVH", state.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_told_in_numbers()
    {
        using var memory = new GuestMemory(32 * MiB);
        string small = _directory.Write("kernel", KernelFiles.Elf());
        Says("needs 0x1826634 bytes of RAM at 0x1000000", Parameters(debian.Vmlinuz, memory));
        Says("needs 40000000 bytes", Parameters(small, memory) with { Initrd = _directory.Write("initrd", new byte[40_000_000]) });
        Says("does not fit: it needs", Parameters(debian.Vmlinuz, memory) with { Protocol = BootProtocol.Linux64 });
        Says("has 70000 characters; this kernel takes 65535", Parameters(small, memory) with { CommandLine = new string('x', 70_000) });
        Says("has 2048 characters; this kernel takes 2047",
            Parameters(_directory.Write("bz", KernelFiles.BzImage(KernelFiles.Elf())), memory) with { CommandLine = new string('x', 2048) });
        Says("U+0000 at position 1", Parameters(small, memory) with { CommandLine = "a\0b" });
        Says("is empty", Parameters(small, memory) with { Initrd = _directory.Write("empty", []) });

        void Says(string words, BootParameters parameters) =>
            Assert.Contains(words, Assert.Throws<BootException>(() => LinuxLoader.Load(memory, parameters)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_map_that_is_none_of_this_machine_is_refused()
    {
        using var memory = new GuestMemory(32 * MiB);
        string kernel = _directory.Write("kernel", KernelFiles.Elf());
        Refused("machine has none", new MemoryMapEntry(0, 64 * MiB, MemoryMapType.Ram));
        Refused("overlaps", new MemoryMapEntry(0, MiB, MemoryMapType.Ram), new MemoryMapEntry(MiB / 2, MiB, MemoryMapType.Reserved));
        Refused("empty or too long", new MemoryMapEntry(0x1000, ulong.MaxValue, MemoryMapType.Reserved));
        Refused("where the boot structures go", new MemoryMapEntry(MiB, 31 * MiB, MemoryMapType.Ram));
        Refused("129 ranges", [.. Enumerable.Range(0, 129).Select(i => new MemoryMapEntry((ulong)i * 4096, 4096, MemoryMapType.Reserved))]);

        void Refused(string words, params MemoryMapEntry[] map)
        {
            var error = Assert.Throws<BootException>(() => LinuxLoader.Load(memory, new BootParameters { Kernel = kernel, MemoryMap = map }));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_kernel_is_called_by_its_name()
    {
        var iso = new byte[0x9000];
        "CD001"u8.CopyTo(iso.AsSpan(0x8001));
        var arm = new byte[0x100];
        "MZ"u8.CopyTo(arm);
        "ARMd"u8.CopyTo(arm.AsSpan(0x38));
        var armProgram = new byte[0x100];
        "MZ"u8.CopyTo(armProgram);
        armProgram[0x3C] = 0x80;
        "PE\0\0"u8.CopyTo(armProgram.AsSpan(0x80));
        BinaryPrimitives.WriteUInt16LittleEndian(armProgram.AsSpan(0x84), 0xAA64);
        var sector = new byte[512];
        sector[510] = 0x55; sector[511] = 0xAA; sector[0] = 1;
        Says("an ISO 9660 image", iso);
        Says("compressed with gzip", Tool.Run("gzip", ["-c"], KernelFiles.Elf()));
        Says("a script", "#!/bin/sh\n"u8.ToArray());
        Says("kernel for 64-bit Arm", arm);
        Says("program for 64-bit Arm", armProgram);
        Says("swapped", "07070100000000"u8.ToArray());
        Says("Debian package", File.ReadAllBytes(debian.Package));
        Says("a boot sector", sector);
        Says("an empty file", []);
        Says("a text file", "hello\n"u8.ToArray());
        Says("file of zeroes", new byte[600]);

        void Says(string words, byte[] content)
        {
            string path = _directory.Write("file", content);
            Assert.Contains(words, Assert.Throws<KernelFormatException>(() => LinuxLoader.Describe(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_foreign_or_damaged_kernel_is_refused_with_place_and_field()
    {
        var bzImage = File.ReadAllBytes(debian.Vmlinuz);
        var kernel = Assert.Throws<KernelFormatException>(() => LinuxLoader.Describe(_directory.Write("cut", bzImage[..5_000_000])));
        Assert.Equal((0x1F4, "syssize"), (kernel.Offset, kernel.Field));
        kernel = Assert.Throws<KernelFormatException>(() => LinuxLoader.Describe(_directory.Write("cut", bzImage[..0x220])));
        Assert.Contains("truncated", kernel.Message, StringComparison.Ordinal);
        // LZ4's legacy frame has no checksum, so damage to literals stays unseen by the lz4 tool too; this is the first block's size.
        bzImage.AsSpan(bzImage.AsSpan().IndexOf((byte[])[0x02, 0x21, 0x4C, 0x18]) + 4, 4).Fill(0xFF);
        kernel = Assert.Throws<KernelFormatException>(() => LinuxLoader.Describe(_directory.Write("damaged", bzImage)));
        Assert.Equal("payload", kernel.Field);

        var elf = Assert.Throws<ElfException>(() => LinuxLoader.Describe(_directory.Write("elf32", With(KernelFiles.Elf(), 4, 1))));
        Assert.Equal((4, "EI_CLASS"), (elf.Offset, elf.Field));
        elf = Assert.Throws<ElfException>(() => LinuxLoader.Describe(_directory.Write("arm", With(KernelFiles.Elf(), 18, 183))));
        Assert.Contains("64-bit Arm", elf.Message, StringComparison.Ordinal);
        elf = Assert.Throws<ElfException>(() => LinuxLoader.Describe(_directory.Write("cut", KernelFiles.Elf()[..0x1000])));
        Assert.Equal("p_offset", elf.Field);
        elf = Assert.Throws<ElfException>(() => LinuxLoader.Describe("/bin/sh"));
        Assert.Equal("XEN_ELFNOTE_PHYS32_ENTRY", elf.Field);
        Assert.Throws<FileNotFoundException>(() => LinuxLoader.Describe(Path.Combine(_directory.Path, "missing")));
    }

    private string ExtractVmlinux()
    {
        // As Linux's scripts/extract-vmlinux does it: look for the frame's magic, hand the rest to the tool.
        var file = File.ReadAllBytes(debian.Vmlinuz);
        int start = file.AsSpan().IndexOf((byte[])[0x02, 0x21, 0x4C, 0x18]);
        int offset = (file[0x1F1] + 1) * 512 + BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x248));
        Assert.Equal(start, offset);
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(0x24C));
        return _directory.Write("vmlinux", Tool.Run("lz4", ["-d", "-c"], file[offset..(offset + length - 4)]));
    }

    private static List<(int Offset, ulong Address, int FileSize, int MemorySize)> Segments(string vmlinux) =>
        [.. Tool.RunText("readelf", "-lW", vmlinux).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is ["LOAD", ..]).Select(words => ((int)Hex(words[1]), Hex(words[3]), (int)Hex(words[4]), (int)Hex(words[5])))];

    private static ulong PvhEntry(string vmlinux)
    {
        var words = Tool.RunText("readelf", "-nW", vmlinux).Split('\n').Single(line => line.Contains("(0x00000012)", StringComparison.Ordinal))
            .Split("description data: ")[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Reverse().Aggregate(0ul, (value, word) => value << 8 | Hex(word));
    }

    private static ulong Hex(string text) => ulong.Parse(text.Replace("0x", "", StringComparison.Ordinal), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>The map of a plain machine, with ACPI tables at the top of its RAM.</summary>
    private static BootParameters Parameters(string kernel, GuestMemory memory) => new()
    {
        Kernel = kernel,
        MemoryMap =
        [
            new(0, 0x9_FC00, MemoryMapType.Ram),
            new(0x9_FC00, 0x400, MemoryMapType.Reserved),
            new(0xF_0000, 0x1_0000, MemoryMapType.Reserved),
            new(MiB, memory.Size - MiB - 0x1_0000, MemoryMapType.Ram),
            new(memory.Size - 0x1_0000, 0x1_0000, MemoryMapType.Acpi),
        ],
    };

    /// <summary>A segment register must be what the descriptor table in memory gives for its selector.</summary>
    private static void CheckAgainstTable(GuestMemory memory, ProcessorState processor, SegmentState segment)
    {
        Assert.True(segment.Selector + 7 <= processor.GlobalDescriptorTable.Limit);
        ulong descriptor = U64(memory, processor.GlobalDescriptorTable.Base + segment.Selector);
        ulong limit = (descriptor & 0xFFFF) | (descriptor >> 32 & 0xF_0000);
        if ((descriptor >> 55 & 1) != 0) limit = limit << 12 | 0xFFF;
        Assert.Equal(limit, segment.Limit);
        Assert.Equal((descriptor >> 16 & 0xFF_FFFF) | (descriptor >> 32 & 0xFF00_0000), segment.Base);
        Assert.Equal((int)(descriptor >> 40 & 0xF0FF), segment.Attributes & 0xF0FF);
    }

    private static ulong Walk(GuestMemory memory, ulong table, ulong address)
    {
        for (int shift = 39; ; shift -= 9)
        {
            ulong entry = U64(memory, (table & ~0xFFFul) + (address >> shift & 511) * 8);
            Assert.Equal(1ul, entry & 1);
            table = entry & 0x000F_FFFF_FFFF_F000;
            if ((entry & 0x80) != 0) return table | address & ((1ul << shift) - 1);
        }
    }

    private static List<MemoryMapEntry> ReadMap(GuestMemory memory, ulong address, int count, ulong size) =>
        [.. Enumerable.Range(0, count).Select(i => address + (ulong)i * size)
            .Select(at => new MemoryMapEntry(U64(memory, at), U64(memory, at + 8), (MemoryMapType)U32(memory, at + 16)))];

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        bytes[at] = value;
        return bytes;
    }

    private static byte[] Read(GuestMemory memory, ulong address, int length)
    {
        Assert.True(memory.TryGetSpan(address, length, out var span));
        return span.ToArray();
    }

    private static string Text(GuestMemory memory, ulong address)
    {
        Assert.True(memory.TryGetSpan(address, 0x1_0000, out var span));
        return Encoding.ASCII.GetString(span[..span.IndexOf((byte)0)]);
    }

    private static ushort U16(GuestMemory memory, ulong address) => BinaryPrimitives.ReadUInt16LittleEndian(Read(memory, address, 2));

    private static uint U32(GuestMemory memory, ulong address) => BinaryPrimitives.ReadUInt32LittleEndian(Read(memory, address, 4));

    private static ulong U64(GuestMemory memory, ulong address) => BinaryPrimitives.ReadUInt64LittleEndian(Read(memory, address, 8));

    [Fact]
    public void A_pipe_is_no_kernel_and_no_initial_ram_disk()
    {
        if (OperatingSystem.IsWindows()) return;
        using var pipe = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        string path = $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}";
        using var memory = new GuestMemory(64 * MiB);
        Assert.Contains("no regular file", Assert.Throws<BootException>(() => LinuxLoader.Describe(path)).Message, StringComparison.Ordinal);
        string kernel = _directory.Write("kernel", KernelFiles.Elf());
        var error = Assert.Throws<BootException>(() => LinuxLoader.Load(memory, Parameters(kernel, memory) with { Initrd = path }));
        Assert.Contains("no regular file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Segments_that_share_their_bytes_are_refused_before_they_cost_much()
    {
        // 60,000 segments that all copy the same 4 MiB.
        var file = new byte[64 + 60_000 * 56 + (4 << 20)];
        KernelFiles.Elf().AsSpan(0, 64).CopyTo(file);
        BitConverter.TryWriteBytes(file.AsSpan(56), (ushort)60_000);
        for (int i = 0; i < 60_000; i++)
        {
            var header = file.AsSpan(64 + i * 56);
            BitConverter.TryWriteBytes(header, 1);
            foreach (var (at, value) in ((int, ulong)[])[(8, 64 + 60_000 * 56), (24, 0x100_0000), (32, 4 << 20), (40, 4 << 20)])
                BitConverter.TryWriteBytes(header[at..], value);
        }
        // The first header holds the entry's note instead.
        int note = 64 + 60_000 * 56;
        BitConverter.TryWriteBytes(file.AsSpan(64), 4);
        BitConverter.TryWriteBytes(file.AsSpan(64 + 32), 24ul);
        foreach (var (at, value) in ((int, uint)[])[(0, 4), (4, 8), (8, 18), (12, 0x6E65_58), (16, 0x100_0000)]) BitConverter.TryWriteBytes(file.AsSpan(note + at), value);
        string kernel = _directory.Write("kernel", file);
        using var memory = new GuestMemory(64 * MiB);
        var lasting = System.Diagnostics.Stopwatch.StartNew();
        Assert.Throws<ElfException>(() => LinuxLoader.Load(memory, Parameters(kernel, memory)));
        Assert.InRange(lasting.Elapsed.TotalSeconds, 0, 5);
    }
}

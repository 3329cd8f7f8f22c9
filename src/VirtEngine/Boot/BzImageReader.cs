using System.Buffers.Binary;
using System.Text;

namespace VirtEngine.Boot;

/// <summary>Reads the boot header of a bzImage (Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header").</summary>
internal readonly ref struct BzImageReader
{
    /// <summary>Offset of the setup header in the file and in boot_params.</summary>
    internal const int SetupHeaderOffset = 0x1F1;

    private const int MinimumProtocol = 0x0206;
    private const int MinimumSize = 0x268;
    private readonly ReadOnlySpan<byte> _file;

    /// <exception cref="KernelFormatException">The file is too short for what its header says, too old, or a zImage.</exception>
    internal BzImageReader(ReadOnlySpan<byte> file)
    {
        _file = file;
        if (!IsBzImage(file)) throw new KernelFormatException(0x202, "header", "the magic number 'HdrS' is missing");
        if (file.Length < MinimumSize) throw Truncated(0x1F1, "setup_header", MinimumSize);
        Protocol = U16(0x206);
        if (Protocol < MinimumProtocol)
            throw new KernelFormatException(0x206, "version", $"boot protocol {Protocol >> 8}.{Protocol & 0xFF:d2}; 2.06 or later (Linux 2.6.22) is needed");
        if ((file[0x211] & 1) == 0) throw new KernelFormatException(0x211, "loadflags", "LOADED_HIGH is clear: a zImage, not a bzImage");
        ProtectedModeOffset = ((file[0x1F1] == 0 ? 4 : file[0x1F1]) + 1) * 512;
        long size = (long)U32(0x1F4) * 16;
        if (ProtectedModeOffset + size > file.Length) throw Truncated(0x1F4, "syssize", ProtectedModeOffset + size);
        ProtectedModeSize = (int)size;
    }

    /// <summary>The boot protocol: 0x020F is 2.15.</summary>
    internal int Protocol { get; }

    /// <summary>Offset of the protected-mode kernel in the file.</summary>
    internal int ProtectedModeOffset { get; }

    /// <summary>Bytes of the protected-mode kernel.</summary>
    internal int ProtectedModeSize { get; }

    /// <summary>The protected-mode kernel.</summary>
    internal ReadOnlySpan<byte> ProtectedMode => _file.Slice(ProtectedModeOffset, ProtectedModeSize);

    /// <summary>The setup header, from 0x1F1 to where its second jump byte says that it ends.</summary>
    internal ReadOnlySpan<byte> SetupHeader => _file[SetupHeaderOffset..Math.Clamp(0x202 + _file[0x201], MinimumSize, Math.Min(0x290, _file.Length))];

    /// <summary>cmdline_size: the longest command line, without its NUL.</summary>
    internal uint CommandLineSize => U32(0x238);

    /// <summary>initrd_addr_max: the last address that the initial RAM disk may occupy.</summary>
    internal uint InitrdAddressMax => U32(0x22C);

    /// <summary>Whether the kernel has a 64-bit entry at 0x200 (XLF_KERNEL_64).</summary>
    internal bool Has64BitEntry => Protocol >= 0x20C && (U16(0x236) & 1) != 0;

    /// <summary>pref_address: where the kernel likes to lie.</summary>
    internal ulong PreferredAddress => Protocol >= 0x20A ? U64(0x258) : 0x10_0000;

    /// <summary>init_size: bytes from its address on that the kernel needs before it can look at the memory map.</summary>
    internal uint InitSize => Protocol >= 0x20A ? U32(0x260) : (uint)ProtectedModeSize;

    /// <summary>What the kernel calls itself, empty if it doesn't.</summary>
    internal string Version
    {
        get
        {
            int offset = U16(0x20E);
            if (offset == 0 || offset + 0x200 >= ProtectedModeOffset) return "";
            var tail = _file[(offset + 0x200)..ProtectedModeOffset];
            int end = tail[..Math.Min(tail.Length, 512)].IndexOf((byte)0);
            return end < 0 ? "" : Encoding.ASCII.GetString(tail[..end]);
        }
    }

    /// <summary>Whether the file has the mark of a kernel with a boot header.</summary>
    internal static bool IsBzImage(ReadOnlySpan<byte> file) => file.Length > 0x206 && file[0x202..].StartsWith("HdrS"u8);

    /// <summary>The compressed kernel, with the four bytes of its uncompressed size at the end.</summary>
    /// <returns>False if the protocol is older than 2.08 and the header doesn't say.</returns>
    /// <exception cref="KernelFormatException">It does not lie within the protected-mode kernel.</exception>
    internal bool TryGetPayload(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (Protocol < 0x208) return false;
        uint offset = U32(0x248), length = U32(0x24C);
        if (length == 0) return false;
        if ((long)offset + length > ProtectedModeSize)
            throw new KernelFormatException(0x248, "payload_offset", $"0x{length:x} bytes at 0x{offset:x}, but the kernel has 0x{ProtectedModeSize:x}");
        payload = ProtectedMode.Slice((int)offset, (int)length);
        return true;
    }

    private KernelFormatException Truncated(int offset, string field, long needed) =>
        new(offset, field, $"the file has {_file.Length} bytes of the {needed} that its header promises: it is truncated");

    private ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_file[offset..]);

    private uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_file[offset..]);

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_file[offset..]);
}

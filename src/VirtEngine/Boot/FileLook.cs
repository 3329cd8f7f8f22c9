using System.Buffers.Binary;

namespace VirtEngine.Boot;

/// <summary>Says what a file looks like that was given as a kernel but is none, since the mistake is mostly a mixed-up path.</summary>
internal static class FileLook
{
    private static readonly (int Offset, byte[] Magic, string Look)[] Looks =
    [
        (0, "070701"u8.ToArray(), "a cpio archive, which is what an initial RAM disk is: are kernel and initrd swapped?"),
        (0, "070702"u8.ToArray(), "a cpio archive, which is what an initial RAM disk is: are kernel and initrd swapped?"),
        (0, [0x1F, 0x8B], "something compressed with gzip, such as an initial RAM disk or a kernel for another architecture"),
        (0, [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "something compressed with xz"),
        (0, [0x28, 0xB5, 0x2F, 0xFD], "something compressed with zstd"),
        (0, "BZh"u8.ToArray(), "something compressed with bzip2"),
        (0, [0x02, 0x21, 0x4C, 0x18], "something compressed with LZ4"),
        (0, [0x04, 0x22, 0x4D, 0x18], "something compressed with LZ4"),
        (0, "#!"u8.ToArray(), "a script"),
        (0, "!<arch>\n"u8.ToArray(), "an ar archive, such as a Debian package; the kernel is inside it"),
        (0, [0x50, 0x4B, 3, 4], "a ZIP archive"),
        (0, [0xED, 0xAB, 0xEE, 0xDB], "an RPM package; the kernel is inside it"),
        (0, [0x51, 0x46, 0x49, 0xFB], "a qcow2 disk"),
        (0, "vhdxfile"u8.ToArray(), "a VHDX disk"),
        (0, "conectix"u8.ToArray(), "a VHD disk"),
        (0, "KDMV"u8.ToArray(), "a VMDK disk"),
        (0, "hsqs"u8.ToArray(), "a squashfs file system"),
        (0, [0x27, 0x05, 0x19, 0x56], "a U-Boot image"),
        (0, "ANDROID!"u8.ToArray(), "an Android boot image"),
        (0, [0xCE, 0xFA, 0xED, 0xFE], "a Mach-O program"),
        (0, [0xCF, 0xFA, 0xED, 0xFE], "a Mach-O program"),
        (0x38, "ARMd"u8.ToArray(), "a kernel for 64-bit Arm; one for x86-64 is needed"),
        (0x38, "RSC\u0005"u8.ToArray(), "a kernel for RISC-V; one for x86-64 is needed"),
        (0x24, [0x18, 0x28, 0x6F, 0x01], "a kernel for 32-bit Arm; one for x86-64 is needed"),
        (0x04, "zimg"u8.ToArray(), "a compressed EFI kernel for another architecture"),
        (0x8001, "CD001"u8.ToArray(), "an ISO 9660 image; the kernel is a file inside it"),
        (257, "ustar"u8.ToArray(), "a tar archive"),
    ];

    /// <summary>Describes a file by its first bytes.</summary>
    internal static string Describe(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty) return "an empty file";
        foreach (var (offset, magic, look) in Looks)
            if (file.Length >= offset + magic.Length && file.Slice(offset, magic.Length).SequenceEqual(magic)) return look;
        if (file.StartsWith("MZ"u8)) return DescribePortableExecutable(file);
        if (file.Length >= 512 && file[510] == 0x55 && file[511] == 0xAA) return "a disk image or a boot sector";
        if (!file.ContainsAnyExcept((byte)0)) return "a file of zeroes";
        return IsText(file[..Math.Min(file.Length, 512)]) ? "a text file" : "nothing known";
    }

    private static string DescribePortableExecutable(ReadOnlySpan<byte> file)
    {
        uint header = file.Length >= 0x40 ? BinaryPrimitives.ReadUInt32LittleEndian(file[0x3C..]) : uint.MaxValue;
        if (header > (uint)file.Length - 6 || !file[(int)header..].StartsWith("PE\0\0"u8)) return "a DOS program";
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(file[((int)header + 4)..]);
        string made = machine switch
        {
            0x014C => "32-bit x86",
            0x01C0 or 0x01C2 or 0x01C4 => "32-bit Arm",
            0x8664 => "x86-64",
            0xAA64 => "64-bit Arm",
            0x5064 => "RISC-V",
            0x6264 => "LoongArch",
            _ => $"machine 0x{machine:x}",
        };
        return $"a Windows or EFI program for {made}";
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        foreach (byte value in head)
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0C) || value == 0x7F) return false;
        return true;
    }
}

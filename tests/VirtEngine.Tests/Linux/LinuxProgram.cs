using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Linux;

/// <summary>Makes the smallest Linux programs: an ELF header, one loadable segment, code.</summary>
internal static class LinuxProgram
{
    /// <summary>Where the code lies.</summary>
    internal const uint Code = Base + HeaderSize;

    private const uint Base = 0x40_0000, HeaderSize = 64 + 2 * 56;

    /// <summary>An executable of this code, which is readable and executable and has a stack that is not.</summary>
    internal static byte[] Make(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var code = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(code), Code);

        var file = new MemoryStream();
        var elf = new BinaryWriter(file);
        elf.Write([0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9]]);     // 64 bits, little-endian
        elf.Write((ushort)2);                                       // ET_EXEC
        elf.Write((ushort)62);                                      // EM_X86_64
        elf.Write(1);
        elf.Write((ulong)Code);
        elf.Write(64ul);                                            // program headers
        elf.Write(0ul);
        elf.Write(0);
        foreach (ushort size in (ReadOnlySpan<ushort>)[64, 56, 2, 0, 0, 0]) elf.Write(size);
        WriteSegment(1, 5, Base, (ulong)(HeaderSize + code.Length));                        // PT_LOAD, read and execute
        WriteSegment(0x6474_E551, 6, 0, 0);                                                 // PT_GNU_STACK, read and write
        elf.Write(code.ToArray());
        return file.ToArray();

        void WriteSegment(uint type, uint flags, ulong address, ulong size)
        {
            elf.Write(type);
            elf.Write(flags);
            foreach (ulong value in (ReadOnlySpan<ulong>)[0, address, address, size, size, 0x1000]) elf.Write(value);
        }
    }

    /// <summary>exit(code).</summary>
    internal static void Exit(Assembler c, int code)
    {
        c.mov(eax, 60);
        c.mov(edi, code);
        c.syscall();
    }
}

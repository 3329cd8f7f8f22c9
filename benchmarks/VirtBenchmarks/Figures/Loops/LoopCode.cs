using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtBenchmarks.Figures.Loops;

/// <summary>A loop in 64-bit code that counts ECX down. It uses RAX, RCX, RDX and R8 to R10 alone, so that it may stand in a host's function.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Instructions">Instructions in a round, with the two that count.</param>
/// <param name="Body">A round without them; R8 points to 64 bytes of memory.</param>
internal sealed record LoopCode(string Name, int Instructions, Action<Assembler> Body)
{
    internal static readonly LoopCode Count = new("dec/jnz loop", 2, _ => { });

    internal static readonly LoopCode LoadStore = new("load/store loop", 8, a =>
    {
        a.mov(rax, __[r8]);
        a.add(rax, rdx);
        a.mov(__[r8 + 8], rax);
        a.mov(r9, __[r8 + 16]);
        a.xor(rdx, r9);
        a.mov(__[r8 + 24], rdx);
    });

    /// <summary>A bit of CRC-32 a round.</summary>
    internal static readonly LoopCode Crc = new("CRC-32 loop", 8, a =>
    {
        a.mov(edx, eax);
        a.and(edx, 1);
        a.neg(edx);
        a.and(edx, 0xEDB8_8320);
        a.shr(eax, 1);
        a.xor(eax, edx);
    });

    /// <summary>Writes the loop.</summary>
    /// <param name="a">Takes it.</param>
    /// <param name="rounds">How often it goes round.</param>
    /// <param name="data">Address of 64 bytes that it may write.</param>
    internal void Write(Assembler a, uint rounds, ulong data)
    {
        a.mov(r8, data);
        a.mov(eax, 0x1234_5678);
        a.xor(edx, edx);
        a.mov(ecx, rounds);
        var again = a.CreateLabel();
        a.Label(ref again);
        Body(a);
        a.dec(ecx);
        a.jnz(again);
    }
}

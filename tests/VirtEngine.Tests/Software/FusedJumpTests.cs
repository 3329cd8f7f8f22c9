using Iced.Intel;
using VirtEngine.Conformance;
using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Software;

/// <summary>
/// A comparison and the conditional jump behind it run as one op, which no comparison of single instructions sees: every condition behind
/// every comparison against SETcc, which is compared with the processor.
/// </summary>
public sealed class FusedJumpTests
{
    private const ulong Values = 0x4_0000, Verdicts = 0x5_0000;

    private static readonly ulong[] Interesting =
        [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF_FFFF, 0x8000_0000, 0x8000_0001, 0xFFFF_FFFF, 0x1_0000_0000, 0x7FFF_FFFF_FFFF_FFFF, 1ul << 63,
            (1ul << 63) + 1, ulong.MaxValue - 1, ulong.MaxValue];

    private static readonly (string Name, Action<Assembler> Compare)[] Comparisons =
    [
        ("cmp eax, ebx", c => c.cmp(eax, ebx)), ("cmp rax, rbx", c => c.cmp(rax, rbx)),
        ("test al, bl", c => c.test(al, bl)), ("test eax, ebx", c => c.test(eax, ebx)), ("test rax, rbx", c => c.test(rax, rbx)),
        .. new[] { 0, 1, -1, 0x7F, -0x80, int.MaxValue, int.MinValue }.SelectMany(value => ((string, Action<Assembler>)[])
            [($"cmp eax, {value}", c => c.cmp(eax, value)), ($"cmp rax, {value}", c => c.cmp(rax, value))]),
        ("dec eax", c => c.dec(eax)), ("dec rax", c => c.dec(rax)),
    ];

    [Fact]
    public void Jump_is_taken_when_SETcc_says_so()
    {
        using var guest = new TinyGuest(SoftwareBackend.Hypervisor);
        var pairs = Interesting.SelectMany(a => Interesting.Select(b => (a, b))).ToList();
        guest.Memory.Write(Values, [.. pairs.SelectMany(pair => (byte[])[.. BitConverter.GetBytes(pair.a), .. BitConverter.GetBytes(pair.b)])]);
        guest.Load(64, c =>
        {
            var next = c.CreateLabel();
            c.mov(esi, (int)Values);
            c.mov(edi, (int)Verdicts);
            c.mov(r12d, pairs.Count);
            c.Label(ref next);
            c.mov(rbx, __qword_ptr[rsi + 8]);
            for (int test = 0; test < Comparisons.Length * 16; test++)
            {
                byte condition = (byte)(test & 15);
                c.mov(rax, __qword_ptr[rsi]);
                Comparisons[test >> 4].Compare(c);
                c.db(0x0F, (byte)(0x90 | condition), 0xC1);             // setcc cl
                c.mov(rax, __qword_ptr[rsi]);
                c.mov(r8d, 0);
                Comparisons[test >> 4].Compare(c);
                c.db((byte)(0x70 | condition), 3, 0x49, 0xFF, 0xC0);    // jcc over inc r8
                c.movzx(ecx, cl);
                c.add(ecx, r8d);
                c.dec(ecx);
                c.or(__dword_ptr[rdi + test * 4], ecx);
            }
            c.add(rsi, 16);
            c.dec(r12d);
            c.jne(next);
            c.@out(0xF4, al);
            c.hlt();
        });
        guest.EnterLongMode();
        Assert.Equal(ExitReason.Canceled, guest.Run().Reason);
        Assert.Equal(0ul, guest.Processor.GetState().Registers[12]);
        Assert.True(guest.Memory.TryGetSpan(Verdicts, Comparisons.Length * 64, out var verdicts));
        for (int test = 0; test < Comparisons.Length * 16; test++)
            Assert.True(BitConverter.ToInt32(verdicts[(test * 4)..]) == 0, $"{Comparisons[test >> 4].Name}, condition {test & 15}");
    }
}

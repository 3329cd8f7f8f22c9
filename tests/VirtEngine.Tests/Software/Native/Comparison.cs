using System.Globalization;
using System.Text;
using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Holds what an instruction left on the processor beside what it left in the implementation under test.</summary>
internal static unsafe class Comparison
{
    private const uint PageFault = 14, GeneralProtection = 13;

    private static readonly string[] Names =
        ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"];

    /// <summary>The differences, one to a line; empty if there are none.</summary>
    internal static string Differences(in Instruction instruction, in NativeResult expected, in NativeResult actual)
    {
        // The processor writes its own pointers to memory with these; the FXSAVE image is compared as state.
        if (expected.Trap == NativeResult.NoTrap && actual.Trap == NativeResult.NoTrap && IsSame(instruction, expected, actual)) return "";
        var text = new StringBuilder();
        if (expected.Trap != actual.Trap) Line(text, "exception", Vector(expected.Trap), Vector(actual.Trap));
        else if (expected.Trap is PageFault && (((expected.Address ^ actual.Address) & AddressMask(instruction)) != 0
            || (expected.Error & 2) != (actual.Error & 2)))
            Line(text, "page fault", $"{expected.Error:x} at {expected.Address:x}", $"{actual.Error:x} at {actual.Address:x}");
        else if (expected.Trap is GeneralProtection && expected.Error != actual.Error)
            Line(text, "error code", $"{expected.Error:x}", $"{actual.Error:x}");
        if (expected.Rip != actual.Rip) Line(text, "RIP", $"{expected.Rip:x}", $"{actual.Rip:x}");
        for (int i = 0; i < 16; i++)
        {
            if (expected.Registers[i] != actual.Registers[i]) Line(text, Names[i], $"{expected.Registers[i]:x16}",
                $"{actual.Registers[i]:x16}");
        }
        ulong defined = NativeCase.Flagged & ~(expected.Trap == NativeResult.NoTrap ? Undefined.Flags(instruction) : 0);
        if (((expected.Flags ^ actual.Flags) & defined) != 0)
            Line(text, "flags", $"{expected.Flags & defined:x}", $"{actual.Flags & defined:x}");
        fixed (byte* e = expected.Fx, a = actual.Fx)
        {
            CompareFx(text, e, a, Undefined.Mxcsr(instruction, expected));
        }
        for (int i = 0; i < NativeCase.PageSize; i++)
        {
            if (expected.Page[i] == actual.Page[i]) continue;
            int from = i & ~15;
            fixed (byte* e = expected.Page, a = actual.Page)
            {
                Line(text, $"memory {NativeCase.Data + (ulong)from:x}", Hex(e + from, 16), Hex(a + from, 16));
            }
            i = from + 15;
        }
        return text.ToString();
    }

    /// <summary>
    /// Long operands are read and written in parts, and so are those of masked stores: which part met the missing page first is the processor's
    /// business.
    /// </summary>
    private static ulong AddressMask(in Instruction instruction) => instruction.MemorySize.GetSize() is > 10 and not 16
        || instruction.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq ? ~0xFFFul : ulong.MaxValue;

    private static bool IsSame(in Instruction instruction, in NativeResult expected, in NativeResult actual)
    {
        if (expected.Rip != actual.Rip || ((expected.Flags ^ actual.Flags) & NativeCase.Flagged & ~Undefined.Flags(instruction)) != 0) return false;
        fixed (NativeResult* e = &expected, a = &actual)
        {
            return Same(e->Registers, a->Registers, 128) && Same(e->Page, a->Page, NativeCase.PageSize) && Same(e->Fx, a->Fx, 5)
                && Same(e->Fx + 24, a->Fx + 24, 4) && Same(e->Fx + 32, a->Fx + 32, 384);
        }
    }

    private static bool Same(void* left, void* right, int size) => new ReadOnlySpan<byte>(left,
        size).SequenceEqual(new ReadOnlySpan<byte>(right, size));

    /// <summary>Everything but FOP, FIP and FDP, which name places of the real run, and the reserved bytes of x87 registers.</summary>
    private static void CompareFx(StringBuilder text, byte* expected, byte* actual, uint undefinedMxcsr)
    {
        foreach (var (name, offset, size) in (ReadOnlySpan<(string, int, int)>)[("FCW", 0, 2), ("FSW", 2, 2), ("FTW", 4, 1)])
        {
            if (!Same(expected + offset, actual + offset, size)) Line(text, name, Hex(expected + offset, size), Hex(actual + offset, size));
        }
        if (((*(uint*)(expected + 24) ^ *(uint*)(actual + 24)) & ~undefinedMxcsr) != 0)
            Line(text, "MXCSR", Hex(expected + 24, 4), Hex(actual + 24, 4));
        for (int i = 0; i < 8; i++) CompareRegister($"ST{i}", 32 + 16 * i, 10);
        for (int i = 0; i < 16; i++) CompareRegister($"XMM{i}", 160 + 16 * i, 16);

        void CompareRegister(string name, int offset, int size)
        {
            if (!Same(expected + offset, actual + offset, size)) Line(text, name, Hex(expected + offset, size), Hex(actual + offset, size));
        }
    }

    /// <summary>The instruction and everything it could depend on.</summary>
    internal static string Describe(in Instruction instruction, in NativeCase input, ulong seed)
    {
        var text = new StringBuilder();
        fixed (NativeCase* c = &input)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{instruction} ({instruction.Code}), bytes {Hex(c->Bytes, input.CodeLength, reverse: false)}, seed {seed:x}\n");
            for (int i = 0; i < 16; i++) text.Append(CultureInfo.InvariantCulture,
                $"  {Names[i]}={input.Registers[i]:x}{(i % 4 == 3 ? "\n" : "")}");
            text.Append(CultureInfo.InvariantCulture,
                $"  flags={input.Flags:x} FCW={Hex(c->Fx, 2)} FSW={Hex(c->Fx + 2, 2)} FTW={Hex(c->Fx + 4, 1)} MXCSR={Hex(c->Fx + 24, 4)}\n");
            for (int i = 0; i < instruction.OpCount; i++)
            {
                switch (instruction.GetOpKind(i))
                {
                    case OpKind.Register when instruction.GetOpRegister(i).IsXMM():
                        int xmm = instruction.GetOpRegister(i) - Register.XMM0;
                        text.Append(CultureInfo.InvariantCulture, $"  XMM{xmm}={Hex(c->Fx + 160 + 16 * xmm, 16)}\n");
                        break;
                    case OpKind.Register when instruction.GetOpRegister(i).IsST() || instruction.GetOpRegister(i).IsMM():
                        for (int st = 0; st < 8; st++) text.Append(CultureInfo.InvariantCulture,
                            $"  ST{st}={Hex(c->Fx + 32 + 16 * st, 10)}");
                        text.Append('\n');
                        break;
                    case OpKind.Memory:
                        ulong address = Operand.AddressOf(instruction, input);
                        long offset = (long)(address - NativeCase.Data);
                        int size = Math.Min(instruction.MemorySize.GetSize(), 16);
                        text.Append(CultureInfo.InvariantCulture,
                            $"  [{address:x}]={(offset >= 0 && offset + size <= NativeCase.PageSize ? Hex(c->Page + offset, size) : "outside")}\n");
                        break;
                }
            }
        }
        return text.ToString();
    }

    private static string Vector(uint trap) => trap == NativeResult.NoTrap ? "none" : $"#{trap}";

    private static void Line(StringBuilder text, string what, string expected, string actual) =>
        text.Append(CultureInfo.InvariantCulture, $"    {what}: processor {expected}, here {actual}\n");

    /// <summary>A number of little-endian bytes, or the bytes in their order.</summary>
    private static string Hex(byte* bytes, int size, bool reverse = true)
    {
        var text = new StringBuilder();
        for (int i = 0; i < size; i++) text.Append(bytes[reverse ? size - 1 - i : i].ToString("x2", CultureInfo.InvariantCulture));
        return text.ToString();
    }
}

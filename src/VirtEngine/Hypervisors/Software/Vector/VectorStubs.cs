using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using VirtEngine.Hypervisors.Software.Emit;
using OperandKind = Iced.Intel.OpKind;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// The stubs of all processors by form: the instruction's code, its immediate, and what its operands are, but not which registers. There
/// are some ten thousand forms, so that no guest can make the host's code grow without bound.
/// </summary>
internal static unsafe class VectorStubs
{
    private const int CodeReserve = 16 << 20;

    private static readonly ConcurrentDictionary<ulong, nint> Forms = new();
    private static readonly Lazy<ExecutableMemory> Memory = new(() => new ExecutableMemory(CodeReserve));
    private static readonly Lock Gate = new();

    /// <summary>Finds or makes the stub of an instruction; false if the instruction is not one that a stub can run.</summary>
    internal static bool TryGet(in Instruction instruction, out VectorStub* stub)
    {
        stub = null;
        if (!StubForms.IsSupported(instruction.Code)) return false;
        ulong form = FormOf(instruction);
        if (!Forms.TryGetValue(form, out nint known))
        {
            lock (Gate)
            {
                if (!Forms.TryGetValue(form, out known)) Forms[form] = known = (nint)Create(instruction);
            }
        }
        stub = (VectorStub*)known;
        return true;
    }

    /// <summary>What two instructions must have in common to share a stub.</summary>
    private static ulong FormOf(in Instruction instruction)
    {
        ulong form = (ulong)instruction.Code;
        for (int operand = 0; operand < instruction.OpCount; operand++)
        {
            ulong part = instruction.GetOpKind(operand) switch
            {
                OperandKind.Immediate8 => 0x100u | instruction.Immediate8,
                OperandKind.Register => instruction.GetOpRegister(operand) switch
                {
                    >= Register.ST0 and <= Register.ST7 and var st => 0x200u | (uint)(st - Register.ST0),
                    >= Register.AH and <= Register.BH => 0x300u,
                    _ => 0x400u,
                },
                _ => 0x500u,
            };
            form |= part << (16 + 11 * operand);
        }
        return form;
    }

    private static VectorStub* Create(in Instruction instruction)
    {
        if (!X86Base.X64.IsSupported)
            throw new PlatformNotSupportedException($"{instruction.Mnemonic} needs an x64 host: there is no software floating point.");
        var neutral = StubForms.Neutral(instruction);
        VectorStub described = StubForms.Describe(neutral, out bool firstIsWritten);
        nint entry = Memory.Value.Add(StubEmitter.Emit(neutral, described, firstIsWritten));
        described.Entry = (delegate* unmanaged[SuppressGCTransition]<byte*, void*, void*, ulong*, uint>)entry;
        var stub = (VectorStub*)NativeMemory.Alloc((nuint)sizeof(VectorStub));
        *stub = described;
        return stub;
    }
}

using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>The processor when it left the guest.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WHV_VP_EXIT_CONTEXT
{
    private const int InterruptionPendingBit = 6, InterruptShadowBit = 12;

    internal ushort ExecutionState;
    internal byte LengthAndCr8, Reserved;
    internal uint Reserved2;
    internal WHV_X64_SEGMENT_REGISTER Cs;
    internal ulong Rip, Rflags;

    /// <summary>Bytes of the instruction, where the exit is of one.</summary>
    internal readonly int InstructionLength => LengthAndCr8 & 0xF;

    /// <summary>An event was being delivered.</summary>
    internal readonly bool InterruptionPending => (ExecutionState >> InterruptionPendingBit & 1) != 0;

    /// <summary>Interrupts are held off for one more instruction.</summary>
    internal readonly bool InterruptShadow => (ExecutionState >> InterruptShadowBit & 1) != 0;
}

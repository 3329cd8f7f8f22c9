using System.Runtime.CompilerServices;
using static VirtEngine.Hypervisors.Software.ControlBits;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// Whether control registers and pending exceptions let an instruction run (Intel SDM vol. 3, 2.5, 13.1 and table 2-2). Each raises what
/// is due and returns false otherwise.
/// </summary>
internal static unsafe class VectorAccess
{
    /// <summary>Instructions on XMM registers or MXCSR.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TrySse(Cpu cpu) =>
        ((cpu.State->Cr0 & (Cr0Em | Cr0Ts)) == 0 && (cpu.State->Cr4 & Cr4OsFxsr) != 0) || RaiseSse(cpu);

    /// <summary>Instructions on MMX registers.</summary>
    internal static bool TryMmx(Cpu cpu)
    {
        if ((cpu.State->Cr0 & Cr0Em) != 0) return cpu.RaiseInvalidOpcode();
        if ((cpu.State->Cr0 & Cr0Ts) != 0) return cpu.Raise(ExceptionVector.DeviceNotAvailable);
        return TryNoPending(cpu);
    }

    /// <summary>x87 instructions that look for a pending exception first.</summary>
    internal static bool TryX87(Cpu cpu) => TryX87NoWait(cpu) && TryNoPending(cpu);

    /// <summary>x87 instructions that do not (FNINIT, FNSTSW …), FXSAVE and FXRSTOR.</summary>
    internal static bool TryX87NoWait(Cpu cpu) =>
        (cpu.State->Cr0 & (Cr0Em | Cr0Ts)) == 0 || cpu.Raise(ExceptionVector.DeviceNotAvailable);

    /// <summary>WAIT, which alone heeds CR0.MP.</summary>
    internal static bool TryWait(Cpu cpu)
    {
        const ulong both = Cr0Mp | Cr0Ts;
        return (cpu.State->Cr0 & both) == both ? cpu.Raise(ExceptionVector.DeviceNotAvailable) : TryNoPending(cpu);
    }

    /// <summary>#GP for an operand that must be aligned; a non-canonical address has its own fault, which may be #SS.</summary>
    internal static bool RaiseMisaligned(Cpu cpu, ulong linear) =>
        (long)(linear << 16) >> 16 == (long)linear ? cpu.RaiseGeneralProtection() : cpu.RaiseAddressFault();

    private static bool TryNoPending(Cpu cpu) => !VectorUnit.HasPendingX87(cpu.State->Fx) || cpu.Raise(ExceptionVector.FloatingPoint);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RaiseSse(Cpu cpu) => (cpu.State->Cr0 & Cr0Em) != 0 || (cpu.State->Cr4 & Cr4OsFxsr) == 0
        ? cpu.RaiseInvalidOpcode() : cpu.Raise(ExceptionVector.DeviceNotAvailable);
}

using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>kvm_run.internal, with its overlay emulation_failure</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmRunInternalError
{
    internal const uint Emulation = 1;
    internal const ulong HasInstructionBytes = 1;

    internal uint Suberror, DataCount;
    internal ulong Flags;
    internal byte InstructionSize;
    internal fixed byte InstructionBytes[15];
}

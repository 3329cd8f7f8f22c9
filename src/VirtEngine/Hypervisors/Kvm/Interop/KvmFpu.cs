using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_fpu</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmFpu
{
    internal fixed byte Fpr[8 * 16];
    internal ushort Fcw, Fsw;
    internal byte Ftwx, Pad1;
    internal ushort LastOpcode;
    internal ulong LastIp, LastDp;
    internal fixed byte Xmm[16 * 16];
    internal uint Mxcsr, Pad2;
}

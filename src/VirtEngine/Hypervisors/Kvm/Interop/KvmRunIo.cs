using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>kvm_run.io</c> (linux/kvm.h, asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KvmRunIo
{
    internal byte Direction, Size;
    internal ushort Port;
    internal uint Count;
    internal ulong DataOffset;
}

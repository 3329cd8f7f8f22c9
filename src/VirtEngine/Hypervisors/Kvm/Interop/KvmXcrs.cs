using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary><c>struct kvm_xcrs</c> with its first register, which is XCR0 (asm/kvm.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KvmXcrs
{
    internal uint Count, Flags;
    internal uint Register, Reserved;
    internal ulong Value;
    private fixed ulong _others[2 * 15 + 16];
}

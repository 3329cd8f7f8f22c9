using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm.Interop;

/// <summary>A descriptor of KVM's: the device, a virtual machine or a virtual processor.</summary>
internal sealed unsafe class KvmHandle : SafeHandleMinusOneIsInvalid
{
    internal KvmHandle(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The descriptor, for the holder's own calls while it is not disposed.</summary>
    internal int Descriptor => (int)handle;

    /// <summary>Makes a request; the answer is never negative.</summary>
    /// <exception cref="KvmException">The kernel refused it.</exception>
    internal int Call(KvmRequest request, nint argument = 0) =>
        TryCall(request, argument) is var result and >= 0 ? result : throw KvmException.Last(request);

    /// <inheritdoc cref="Call(KvmRequest, nint)"/>
    internal int Call<T>(KvmRequest request, ref T argument) where T : unmanaged
    {
        fixed (T* pointer = &argument) return Call(request, (nint)pointer);
    }

    /// <summary>Makes a request; a negative answer leaves the reason in the last P/Invoke error.</summary>
    internal int TryCall(KvmRequest request, nint argument = 0) => Libc.Ioctl((int)handle, (nuint)request, argument);

    /// <summary>What there is of a capability; 0 is nothing.</summary>
    internal int Check(KvmCapability capability) => Call(KvmRequest.KVM_CHECK_EXTENSION, (nint)capability);

    /// <summary>Turns a capability on.</summary>
    /// <exception cref="KvmException">The kernel refused it.</exception>
    internal void Enable(KvmCapability capability, ulong argument)
    {
        var enable = new KvmEnableCap { Cap = (uint)capability };
        enable.Args[0] = argument;
        if (TryCall(KvmRequest.KVM_ENABLE_CAP, (nint)(&enable)) < 0) throw KvmException.Last(KvmRequest.KVM_ENABLE_CAP, $"It was to turn {capability} on.");
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}

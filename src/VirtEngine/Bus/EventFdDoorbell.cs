using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtFoundation.Interop;

namespace VirtEngine.Bus;

/// <summary>A counter of the kernel's, eventfd(2), which KVM rings too: read and with it set to zero by who waits.</summary>
internal sealed unsafe class EventFdDoorbell : Doorbell
{
    private readonly SafeFileHandle _counter;

    internal EventFdDoorbell()
    {
        int descriptor = Libc.Eventfd(0, Libc.EFD_CLOEXEC);
        _counter = descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw UnixError.Last("eventfd");
    }

    /// <summary>Its descriptor, for the hypervisor.</summary>
    internal int Descriptor => (int)_counter.DangerousGetHandle();

    public override void Ring()
    {
        ulong one = 1;
        // It waits only at 2^64 - 2 rings that nobody took.
        if (Libc.Write(_counter, (byte*)&one, sizeof(ulong)) != sizeof(ulong)) throw UnixError.Last("eventfd");
    }

    public override void Wait()
    {
        ulong rings;
        while (Libc.Read(_counter, (byte*)&rings, sizeof(ulong)) != sizeof(ulong))
            if (Marshal.GetLastPInvokeError() != Libc.EINTR) throw UnixError.Last("eventfd");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _counter.Dispose();
    }
}

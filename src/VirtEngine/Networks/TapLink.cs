using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VirtFoundation;
using VirtFoundation.Interop;

namespace VirtEngine.Networks;

/// <summary>A TAP interface of Linux (Documentation/networking/tuntap.rst): the host's network stack is at the other end.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class TapLink : IFrameLink
{
    private const string Device = "/dev/net/tun";

    private readonly SafeFileHandle _tap, _end;

    private TapLink(SafeFileHandle tap, SafeFileHandle end)
    {
        _tap = tap;
        _end = end;
    }

    /// <summary>Attaches to an interface that exists.</summary>
    /// <exception cref="VirtException">There is none, this user may not use it, or another does; the message says what to do next.</exception>
    internal static TapLink Open(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) >= Libc.IFNAMSIZ || !Directory.Exists($"/sys/class/net/{name}"))
            throw Unusable($"There is no network interface '{name}'. As root: ip tuntap add dev {name} mode tap user {Environment.UserName}; ip link set {name} up.");
        if (!File.Exists($"/sys/class/net/{name}/tun_flags"))
            throw Unusable($"The network interface '{name}' is no TAP interface.");
        var tap = Open(name, Libc.Open(Device, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC));
        Libc.InterfaceRequest request = default;
        Encoding.UTF8.GetBytes(name, new Span<byte>(request.Name, Libc.IFNAMSIZ));
        request.Flags = Libc.IFF_TAP | Libc.IFF_NO_PI;
        if (Libc.Ioctl(tap, Libc.TUNSETIFF, (nint)(&request)) != 0)
        {
            using (tap) throw Refused(name, Marshal.GetLastPInvokeError());
        }
        return new(tap, Open(name, Libc.Eventfd(0, Libc.EFD_CLOEXEC)));
    }

    private static SafeFileHandle Open(string name, int descriptor) =>
        descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw Refused(name, Marshal.GetLastPInvokeError());

    private static VirtException Refused(string name, int error) => error switch
    {
        Libc.ENOENT or Libc.ENODEV or Libc.ENXIO => Unusable($"This host has no '{Device}'. As root: modprobe tun."),
        Libc.EPERM or Libc.EACCES => new(VirtErrorCode.AccessDenied,
            $"This user may not use the TAP interface '{name}'. As root: ip tuntap del dev {name} mode tap; "
            + $"ip tuntap add dev {name} mode tap user {Environment.UserName}; ip link set {name} up."),
        Libc.EBUSY => Unusable($"Another program uses the TAP interface '{name}'."),
        Libc.EINVAL => Unusable($"The TAP interface '{name}' was made with other settings (several queues, or tun rather than tap)."),
        _ => Unusable($"The TAP interface '{name}' cannot be used: {Marshal.GetPInvokeErrorMessage(error)} (error {error})."),
    };

    private static VirtException Unusable(string message) => new(VirtErrorCode.NetworkUnavailable, message);

    public int Receive(Span<byte> buffer)
    {
        // The reader's room always takes a frame of the largest size: what is left of the last one is none, since whole frames come here.
        int filled = 0;
        while (buffer.Length - filled > FrameBatch.PrefixSize + EthernetFrame.LargestOnStream)
        {
            nint count;
            fixed (byte* start = buffer[(filled + FrameBatch.PrefixSize)..])
                count = Libc.Read(_tap, start, EthernetFrame.LargestOnStream);
            if (count > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(buffer[filled..], (int)count);
                filled += FrameBatch.PrefixSize + (int)count;
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (count == 0 || error is not (Libc.EWOULDBLOCK or Libc.EINTR)) return filled;     // the interface is gone
            if (filled > 0) return filled;
            if (!Wait()) return 0;
        }
        return filled;
    }

    private bool Wait()
    {
        var entries = stackalloc Libc.PollEntry[2];
        entries[0] = new() { Fd = (int)_tap.DangerousGetHandle(), Events = Libc.POLLIN };
        entries[1] = new() { Fd = (int)_end.DangerousGetHandle(), Events = Libc.POLLIN };
        int ready = Libc.Poll(entries, 2, -1);
        return ready > 0 ? entries[1].Returned == 0 && (entries[0].Returned & Libc.POLLERR) == 0
            : Marshal.GetLastPInvokeError() == Libc.EINTR;
    }

    public bool TrySend(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(frames);
            fixed (byte* start = frames[FrameBatch.PrefixSize..])
            {
                // What the interface does not take (it is down, or its queue is full) is lost, as on a wire.
                if (Libc.Write(_tap, start, (nuint)length) < 0 && Marshal.GetLastPInvokeError() == Libc.EBADFD) return false;
            }
            frames = frames[(FrameBatch.PrefixSize + length)..];
        }
        return true;
    }

    public void Close()
    {
        ulong one = 1;
        _ = Libc.Write(_end, (byte*)&one, sizeof(ulong));
    }

    public void Dispose()
    {
        _tap.Dispose();
        _end.Dispose();
    }
}

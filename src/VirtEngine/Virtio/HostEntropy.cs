using System.Security.Cryptography;
using VirtFoundation.Interop;

namespace VirtEngine.Virtio;

/// <summary>The host's cryptographic random numbers.</summary>
internal static class HostEntropy
{
    /// <summary>Fills a buffer of at most a few kilobytes.</summary>
    /// <remarks>On Linux the kernel's own: the runtime's generator would bring OpenSSL into every worker, 3 MiB for this alone.</remarks>
    internal static unsafe void Fill(Span<byte> buffer)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomNumberGenerator.Fill(buffer);
            return;
        }
        fixed (byte* start = buffer)
        {
            // A signal may cut a request short.
            for (int done = 0; done < buffer.Length;)
            {
                nint count = Libc.GetRandom(start + done, (nuint)(buffer.Length - done), 0);
                if (count > 0) done += (int)count;
                else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != Libc.EINTR)
                    throw new CryptographicException("The kernel gives no random numbers.");
            }
        }
    }
}

using System.Runtime.InteropServices;

namespace HardwareLabTests;

/// <summary>The few ioctls that the lab's own cases use (linux/kvm.h), apart from the backend that they are the ground for.</summary>
internal static unsafe partial class Kvm
{
    internal const ulong GetApiVersion = 0xAE00, CreateVm = 0xAE01, CheckExtension = 0xAE03, GetVcpuMmapSize = 0xAE04, CreateVcpu = 0xAE41, Run = 0xAE80;
    internal const ulong SetUserMemoryRegion = 0x4020_AE46, SetRegs = 0x4090_AE82, GetSregs = 0x8138_AE83, SetSregs = 0x4138_AE84;
    internal const uint ExitIo = 2, ExitHlt = 5, ExitMmio = 6;
    internal const int SregsSize = 0x138;

    // Offsets in kvm_run and kvm_sregs.
    internal const int ExitReason = 8, IoDirection = 32, IoPort = 34, IoDataOffset = 40, MmioAddress = 32, CsBase = 0, CsSelector = 12;

    private const int ReadWrite = 3, Shared = 1, PrivateAnonymous = 0x22;
    private const int OpenReadWrite = 2, CloseOnExec = 0x8_0000;

    internal static int Open() => Checked(Open("/dev/kvm", OpenReadWrite | CloseOnExec), "open");

    internal static int Call(int file, ulong request, nint argument = 0) => Checked(Ioctl(file, request, argument), $"ioctl 0x{request:x}");

    internal static byte* Map(int file, int length)
    {
        nint address = Mmap(0, (nuint)length, ReadWrite, file < 0 ? PrivateAnonymous : Shared, file, 0);
        if (address == -1) throw new IOException($"mmap: {Marshal.GetLastPInvokeErrorMessage()}");
        return (byte*)address;
    }

    private static int Checked(int result, string call) => result >= 0 ? result : throw new IOException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int file, ulong request, nint argument);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, int file, long offset);

    /// <summary>struct kvm_userspace_memory_region.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MemoryRegion
    {
        internal uint Slot, Flags;
        internal ulong GuestAddress, Size, HostAddress;
    }

    /// <summary>struct kvm_regs.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Regs
    {
        internal ulong Rax, Rbx, Rcx, Rdx, Rsi, Rdi, Rsp, Rbp, R8, R9, R10, R11, R12, R13, R14, R15, Rip, Rflags;
    }
}

using System.Runtime.InteropServices;
using VirtFoundation.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// The signal that gets a thread out of KVM_RUN. It has a handler that does nothing, since an ignored signal interrupts nothing; what it
/// comes too early for, <c>immediate_exit</c> remembers.
/// </summary>
internal static unsafe class KickSignal
{
    // A real-time signal that neither glibc (32, 33) nor the runtime (34) uses.
    private const int Number = 44;

    // Set up at the first use: a handler is the process's.
    private static readonly bool _isReady = SetUp();

    /// <summary>Interrupts a thread of this process.</summary>
    internal static void Send(int thread)
    {
        if (_isReady) _ = Libc.Tgkill(Environment.ProcessId, thread, Number);
    }

    private static bool SetUp()
    {
        // Managed code cannot run in a signal's handler. abs(3) takes an int, as a handler does, and touches nothing.
        var action = new Libc.SignalAction { Handler = NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), "abs"), Flags = Libc.SA_RESTART };
        return Libc.Sigaction(Number, in action, null) == 0 ? true
            : throw new KvmException($"The signal {Number} cannot be used: {Marshal.GetLastPInvokeErrorMessage()}.");
    }
}

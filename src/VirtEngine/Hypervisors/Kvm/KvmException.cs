using System.Runtime.InteropServices;
using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>The kernel refused a request of KVM's, or has no KVM that can be used. The message names the request and what is missing.</summary>
public sealed class KvmException : NotSupportedException
{
    /// <summary>Makes one.</summary>
    public KvmException(string message) : base(message)
    {
    }

    /// <summary>One with its cause.</summary>
    public KvmException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>A request that just failed on this thread.</summary>
    internal static KvmException Last(KvmRequest request, string? hint = null)
    {
        int error = Marshal.GetLastPInvokeError();
        return new($"{request} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).{(hint is null ? "" : $" {hint}")}");
    }
}

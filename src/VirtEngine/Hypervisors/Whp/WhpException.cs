using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>The Windows Hypervisor Platform refused a call, or is not there. The message names the call and what it answered.</summary>
public sealed class WhpException : NotSupportedException
{
    /// <summary>Makes one.</summary>
    public WhpException(string message) : base(message)
    {
    }

    /// <summary>A call that failed.</summary>
    /// <param name="call">Its name.</param>
    /// <param name="result">The HRESULT that it returned.</param>
    internal WhpException(string call, int result) : base($"{call} failed: {Describe(result)} (0x{result:X8}).") => HResult = result;

    // The facility of virtualization (winerror.h); the system's own text is there on Windows only.
    private static string Describe(int result) => (uint)result switch
    {
        0x8037_0300 => "the platform does not know this capability",
        0x8037_0301 => "the buffer is too small",
        0x8037_0302 => "the platform does not know this property",
        0x8037_0303 => "this configuration is not supported",
        0x8037_0304 => "the partition's configuration is not valid",
        0x8037_0305 => "the guest-physical range is not mapped",
        0x8037_0306 => "there is a virtual processor with this number already",
        0x8037_0307 => "there is no virtual processor with this number",
        0x8037_0308 => "the virtual processor is not in a state for this",
        0x8037_0309 => "the platform does not know this register",
        0xC037_0008 => "this process has another partition with memory: Windows allows one",
        _ => Marshal.GetExceptionForHR(result)?.Message.TrimEnd('.') ?? "an unknown error",
    };
}

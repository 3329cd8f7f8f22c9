using VirtEngine.Boot;
using VirtEngine.Images;
using VirtFoundation;
using VirtFoundation.Formats;

namespace VirtWorker.Machines;

/// <summary>Why a machine could not be built or started, by the kinds of failure that building one has.</summary>
internal static class MachineFault
{
    internal static VirtException From(Exception fault, string name) => fault switch
    {
        VirtException known => known,
        FileNotFoundException or DirectoryNotFoundException => new(VirtErrorCode.BootFileNotFound, $"'{name}' cannot boot: {fault.Message}", fault),
        InvalidDataException or FormatException or MalformedDataException or BootException => new(VirtErrorCode.BootFileInvalid, $"'{name}' cannot boot: {fault.Message}", fault),
        ImageStoreException => new(VirtErrorCode.ImageNotFound, $"'{name}' cannot boot: {fault.Message}", fault),
        OutOfMemoryException => new(VirtErrorCode.OutOfMemory, $"There is not enough memory for '{name}': {fault.Message}", fault),
        NotSupportedException or PlatformNotSupportedException => new(VirtErrorCode.HypervisorUnavailable, fault.Message, fault),
        UnauthorizedAccessException => new(VirtErrorCode.AccessDenied, fault.Message, fault),
        IOException => new(VirtErrorCode.StorageFailed, $"'{name}' could not be started: {fault.Message}", fault),
        _ => new(VirtErrorCode.MachineStartFailed, $"'{name}' could not be started: {fault.Message}", fault),
    };
}

using VirtFoundation;

namespace VirtWorker.Applications;

/// <summary>Why a view could not be made, by the kinds of failure that there are.</summary>
internal static class ApplicationFault
{
    internal static VirtException From(Exception fault) => fault switch
    {
        VirtException known => known,
        UnauthorizedAccessException => new(VirtErrorCode.AccessDenied, fault.Message, fault),
        IOException => new(VirtErrorCode.StorageFailed, fault.Message, fault),
        _ => new(VirtErrorCode.ApplicationStartFailed, $"The application could not be started: {fault.Message}", fault),
    };
}

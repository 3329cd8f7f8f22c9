using AppLayer.Capture;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on captures that were started.</summary>
public abstract class CaptureCmdlet : VirtCmdlet
{
    /// <summary>The captures whose names wildcards match; those that are damaged or not there are reported.</summary>
    internal List<CaptureInfo> MatchCaptures(string name) => Match(
        Captures.List((place, failure) => WriteError(ErrorCatalog.ToRecord(failure, place))),
        capture => capture.Name, name, VirtErrorCode.CaptureNotFound, "capture");
}

using AppLayer.Capture;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of captures.</summary>
public sealed class CaptureNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) =>
        new CaptureSessions(root).List(static (_, _) => { }).Select(capture => capture.Name);
}

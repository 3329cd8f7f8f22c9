using AppLayer.Capture;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>The progress of a capture in the words that a progress bar shows.</summary>
internal sealed class CaptureReporter(IProgress<SpecProgress> progress) : IProgress<CaptureProgress>
{
    public void Report(CaptureProgress value) => progress.Report(value.ToSpecProgress());
}

using AppLayer.Store;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>The store's progress in the words that a progress bar shows.</summary>
internal sealed class StoreReporter(IProgress<SpecProgress> progress) : IProgress<StoreProgress>
{
    public void Report(StoreProgress value) => progress.Report(new(
        value.TotalFiles > 0 ? $"{value.Stage}: {value.Files} of {value.TotalFiles} files" : $"{value.Stage}: {value.Files} files",
        value.TotalBytes > 0 ? (int)(value.Bytes * 100 / value.TotalBytes) : null));
}

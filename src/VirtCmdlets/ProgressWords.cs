using AppLayer.Activation;
using AppLayer.Capture;
using AppLayer.Footprint;
using AppLayer.Store;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>What long work is doing, in the words that a progress bar shows.</summary>
internal static class ProgressWords
{
    internal static readonly Func<ActivationStage, SpecProgress> Activation = stage => new(
        stage == ActivationStage.MakingBasePrefix ? "Making a Windows for it, once: this takes some seconds" : "Starting");

    internal static readonly Func<CaptureProgress, SpecProgress> Capture = step => step.ToSpecProgress();

    internal static readonly Func<FootprintProgress, SpecProgress> Footprint = step => new($"{step.Place}: {step.Entries} entries");

    internal static readonly Func<StoreProgress, SpecProgress> Store = step => new(
        step.TotalFiles > 0 ? $"{step.Stage}: {step.Files} of {step.TotalFiles} files" : $"{step.Stage}: {step.Files} files",
        step.TotalBytes > 0 ? (int)(step.Bytes * 100 / step.TotalBytes) : null);
}

using AppLayer.Activation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>What an activation is doing in the words that a progress bar shows.</summary>
internal sealed class ActivationReporter(IProgress<SpecProgress> progress) : IProgress<ActivationStage>
{
    public void Report(ActivationStage value) => progress.Report(new(value switch
    {
        ActivationStage.MakingBasePrefix => "Making a Windows for it, once: this takes some seconds",
        _ => "Starting",
    }));
}

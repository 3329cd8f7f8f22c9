using System.Management.Automation;
using AppLayer.Store;

namespace VirtCmdlets;

/// <summary>
/// Checks layers: every digest against the files that are there, and what speaks against moving them to another computer.
/// </summary>
/// <example><code>Test-VirtLayer node@22.23.3</code>Says whether a layer is as it was made.</example>
/// <example><code>(Test-VirtLayer node).Findings | Format-Table Severity, Code, Path, Message</code>Shows what was found, file by file.</example>
[Cmdlet(VerbsDiagnostic.Test, "VirtLayer", DefaultParameterSetName = ByName)]
[OutputType(typeof(LayerCheck))]
public sealed class TestVirtLayerCommand : LayerCmdlet, ILongCommand
{
    /// <summary>Works in a job, for Get-Job, Wait-Job, Receive-Job and Stop-Job, and returns it at once.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Checks the layers.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), layer => NowOrInJob(layer, static (cmdlet, layer) => cmdlet.WriteObject(
        cmdlet.WithProgress<StoreProgress, LayerCheck>($"Checking {layer}", ProgressWords.Store, (progress, cancellation) => Task.FromResult(
            cmdlet.Layers.Test(layer.Id, progress, cancellation))))));
}

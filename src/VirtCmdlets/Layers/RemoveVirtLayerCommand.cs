using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Removes layers from the store. A layer that an application is made of, or that runs, is not removed.</summary>
/// <example><code>Remove-VirtLayer node@18.20.8 -Force</code>Removes one version of a layer without asking.</example>
[Cmdlet(VerbsCommon.Remove, "VirtLayer", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtLayerCommand : LayerCmdlet
{
    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the layers.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), layer =>
    {
        if (ShouldLose($"{layer}", "Remove-VirtLayer", $"The layer {layer} goes for good. Remove it?", Force))
        {
            Applications.RemoveLayer(layer.Id);
        }
    });
}

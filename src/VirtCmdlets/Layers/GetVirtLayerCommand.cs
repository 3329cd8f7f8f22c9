using System.Management.Automation;
using AppLayer.Store;

namespace VirtCmdlets;

/// <summary>Gets the layers that are in the store.</summary>
/// <example><code>Get-VirtLayer</code>Lists all layers.</example>
/// <example><code>Get-VirtLayer node@22*</code>Lists the versions of a layer that begin with 22.</example>
[Cmdlet(VerbsCommon.Get, "VirtLayer")]
[OutputType(typeof(LayerInfo))]
public sealed class GetVirtLayerCommand : VirtCmdlet
{
    /// <summary>Layers as name@version, or as a name for all its versions; all layers without it. Wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the layers.</summary>
    protected override void ProcessRecord() => ForEach(Name.SelectMany(name => Find(Kinds.Layer, name)).DistinctBy(layer => layer.Id), WriteObject);
}

using System.Management.Automation;
using AppLayer.Store;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which layers they work on.</summary>
public abstract class LayerCmdlet : SelectionCmdlet<LayerInfo>
{
    /// <summary>Layers as name@version, or as a name for all its versions; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    private protected override Kind<LayerInfo> Kind => Kinds.Layer;

    /// <summary>The layers that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<LayerInfo> Chosen() => Choose(Name);
}

using System.Management.Automation;
using AppLayer.Store;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which layers they work on.</summary>
public abstract class LayerCmdlet : VirtCmdlet
{
    /// <summary>The parameter set that chooses by name.</summary>
    protected const string ByName = "Name";

    /// <summary>The parameter set that chooses by identity.</summary>
    protected const string ById = "Id";

    /// <summary>Layers as name@version, or as a name for all its versions; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Identities of layers, as of the objects that Get-VirtLayer gives.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById, ValueFromPipelineByPropertyName = true)]
    public Guid[] Id { get; set; } = [];

    /// <summary>The layers that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<LayerInfo> Chosen() => ParameterSetName == ById
        ? Id.Select(Find).OfType<LayerInfo>()
        : Name.SelectMany(MatchLayers).DistinctBy(layer => layer.Id);

    private LayerInfo? Find(Guid id)
    {
        LayerInfo? found = null;
        Try(() => found = Layers.Get(id), id);
        return found;
    }
}

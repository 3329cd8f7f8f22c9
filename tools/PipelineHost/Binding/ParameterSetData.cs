namespace PipelineHost.Binding;

/// <summary>What one Parameter attribute says.</summary>
/// <param name="Flag">The bit of the set; 0 for all sets.</param>
internal readonly record struct ParameterSetData(uint Flag, bool Mandatory, int Position, bool FromPipeline, bool FromProperty,
    bool FromRest)
{
    public bool InAllSets => Flag == 0;
    public bool FromInput => FromPipeline || FromProperty;
    public bool IsPositional => Position != int.MinValue;
}

namespace PipelineHost.Binding;

/// <summary>The mandatory parameters that one set still lacks.</summary>
internal sealed class MissingMandatory(uint set, bool isDefault)
{
    public uint Set { get; } = set;
    public bool IsDefault { get; } = isDefault;
    public bool IsAll => Set == uint.MaxValue;
    public List<CommandParameter> NotFromInput { get; } = [];
    public List<CommandParameter> FromInput { get; } = [];
    public List<CommandParameter> FromPipeline { get; } = [];
    public List<CommandParameter> FromProperty { get; } = [];

    public bool IsIn(uint sets) => IsAll || (Set & sets) != 0;
}

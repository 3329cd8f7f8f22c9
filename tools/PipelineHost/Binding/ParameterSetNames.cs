using System.Management.Automation;
using System.Numerics;

namespace PipelineHost.Binding;

/// <summary>A bit for every parameter set of a command, in order of appearance.</summary>
internal sealed class ParameterSetNames
{
    private readonly List<string> names = [];
    private readonly string? defaultName;

    public ParameterSetNames(string? defaultName)
    {
        this.defaultName = string.IsNullOrEmpty(defaultName) || defaultName == ParameterAttribute.AllParameterSets ? null : defaultName;
        if (this.defaultName is not null) Default = FlagOf(this.defaultName);
    }

    public uint Default { get; }
    public int Count => names.Count;
    public uint All => names.Count == 32 ? uint.MaxValue : (1u << names.Count) - 1;

    public uint FlagOf(string name)
    {
        if (name == ParameterAttribute.AllParameterSets) return 0;
        int index = names.FindIndex(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            if (names.Count == 32) throw new MetadataException("A command can have no more than 32 parameter sets.");
            index = names.Count;
            names.Add(name);
        }
        return 1u << index;
    }

    public string NameOf(uint flags) => BitOperations.PopCount(flags) == 1
        ? names[BitOperations.TrailingZeroCount(flags)]
        : defaultName ?? ParameterAttribute.AllParameterSets;
}

using System.Management.Automation;
using System.Numerics;

namespace PipelineHost.Binding;

/// <summary>A bit for every parameter set of a command, in order of appearance.</summary>
internal sealed class ParameterSetNames
{
    private readonly List<string> _names = [];
    private readonly string? _defaultName;

    public ParameterSetNames(string? defaultName)
    {
        _defaultName = string.IsNullOrEmpty(defaultName) || defaultName == ParameterAttribute.AllParameterSets ? null : defaultName;
        if (_defaultName is not null) Default = FlagOf(_defaultName);
    }

    public uint Default { get; }
    public int Count => _names.Count;
    public uint All => _names.Count == 32 ? uint.MaxValue : (1u << _names.Count) - 1;

    public uint FlagOf(string name)
    {
        if (name == ParameterAttribute.AllParameterSets) return 0;
        int index = _names.FindIndex(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            if (_names.Count == 32) throw new MetadataException("A command can have no more than 32 parameter sets.");
            index = _names.Count;
            _names.Add(name);
        }
        return 1u << index;
    }

    public string NameOf(uint flags) => BitOperations.PopCount(flags) == 1
        ? _names[BitOperations.TrailingZeroCount(flags)]
        : _defaultName ?? ParameterAttribute.AllParameterSets;
}

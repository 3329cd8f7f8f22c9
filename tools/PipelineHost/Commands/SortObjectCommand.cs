using System.Management.Automation;
using PipelineHost;
using PipelineHost.Binding;
using PipelineHost.Execution;

namespace Microsoft.PowerShell.Commands;

/// <summary>Sorts by the objects themselves or by properties, stable, without case.</summary>
[Cmdlet("Sort", "Object"), Alias("sort")]
internal sealed class SortObjectCommand : PSCmdlet, IComparer<object?[]>
{
    private readonly List<PSObject> _objects = [];

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[]? Property { get; set; }
    [Parameter] public SwitchParameter Descending { get; set; }
    [Parameter] public SwitchParameter Unique { get; set; }
    [Parameter] public SwitchParameter Stable { get; set; }
    [Parameter, Refused] public SwitchParameter CaseSensitive { get; set; }
    [Parameter, Refused] public string? Culture { get; set; }
    [Parameter, Refused] public int Top { get; set; }
    [Parameter, Refused] public int Bottom { get; set; }

    private static readonly object Missing = new();

    protected override void BeginProcessing()
    {
        if (Array.Exists(Property ?? [], p => PSObject.Base(p) is not string text || WildcardPattern.ContainsWildcardCharacters(text)))
            throw new NotSupportedByHostException("Sort-Object by a calculated property or a wildcard");
    }

    protected override void ProcessRecord() =>
        _objects.Add(InputObject ?? throw new NotSupportedByHostException("Sort-Object with a null object"));

    protected override void EndProcessing()
    {
        var keyed = _objects.Select(o => (Object: o, Keys: KeysOf(o))).ToList();
        if (Descending && keyed.Exists(k => k.Keys.Contains(Missing)))
            throw new NotSupportedByHostException("Sort-Object -Descending with a missing property");
        IEnumerable<(PSObject Object, object?[] Keys)> sorted = Descending
            ? keyed.OrderByDescending(k => k.Keys, this)
            : keyed.OrderBy(k => k.Keys, this);
        object?[]? before = null;
        foreach ((PSObject item, object?[] keys) in sorted)
        {
            if (!Unique || before is null || Compare(before, keys) != 0) WriteObject(item);
            before = keys;
        }
    }

    public int Compare(object?[]? x, object?[]? y)
    {
        for (int i = 0; i < x!.Length; i++)
        {
            int order = CompareKeys(x[i], y![i]);
            if (order != 0) return order;
        }
        return 0;
    }

    private object?[] KeysOf(PSObject item) => Property is null
        ? [item]
        : [.. Property.Select(p => Members.TryGet(item, (string)PSObject.Base(p)!, out object? value) ? value : Missing)];

    private static int CompareKeys(object? x, object? y)
    {
        if (ReferenceEquals(x, Missing) || ReferenceEquals(y, Missing))
            return ReferenceEquals(x, y) ? 0 : ReferenceEquals(x, Missing) ? 1 : -1;
        try
        {
            return LanguagePrimitives.Compare(x, y, true);
        }
        catch (Exception e) when (e is ArgumentException or PSInvalidCastException)
        {
            return LanguagePrimitives.Compare(PSObject.ToStringInvariant(x), PSObject.ToStringInvariant(y), true);
        }
    }
}

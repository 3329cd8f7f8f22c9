using System.Collections;
using System.Management.Automation;
using PipelineHost;
using PipelineHost.Binding;
using PipelineHost.Execution;

namespace Microsoft.PowerShell.Commands;

/// <summary>Takes some objects, or some of their properties.</summary>
[Cmdlet("Select", "Object"), Alias("select")]
internal sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private int _seen;
    private int _written;

    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[]? Property { get; set; }
    [Parameter] public string? ExpandProperty { get; set; }
    [Parameter, ValidateRange(0, int.MaxValue)] public int First { get; set; }
    [Parameter, ValidateRange(0, int.MaxValue)] public int Last { get; set; }
    [Parameter, ValidateRange(0, int.MaxValue)] public int Skip { get; set; }
    [Parameter, Refused] public SwitchParameter Unique { get; set; }
    [Parameter, Refused] public string[]? ExcludeProperty { get; set; }
    [Parameter, Refused] public int SkipLast { get; set; }
    [Parameter, Refused] public int[]? Index { get; set; }
    [Parameter, Refused] public int[]? SkipIndex { get; set; }
    [Parameter, Refused] public SwitchParameter Wait { get; set; }
    [Parameter, Refused] public SwitchParameter CaseInsensitive { get; set; }

    private bool IsGiven(string name) => MyInvocation.BoundParameters.ContainsKey(name);

    protected override void BeginProcessing()
    {
        if (Property is not null && ExpandProperty is not null)
            throw new NotSupportedByHostException("Select-Object -Property with -ExpandProperty");
        if (IsGiven(nameof(Last)) && (IsGiven(nameof(First)) || IsGiven(nameof(Skip))))
            throw new NotSupportedByHostException("Select-Object -Last with -First or -Skip");
        if (Array.Exists(Property ?? [], p => PSObject.Base(p) is not string))
            throw new NotSupportedByHostException("a calculated property");
        if (IsGiven(nameof(First)) && First == 0) throw new StopUpstreamException(this);
    }

    protected override void ProcessRecord()
    {
        if (InputObject is not { } input) return;
        if (IsGiven(nameof(Last)))
        {
            _last.Enqueue(input);
            if (_last.Count > Last) _last.Dequeue();
            return;
        }
        if (_seen++ < Skip) return;
        Write(input);
        if (IsGiven(nameof(First)) && ++_written >= First) throw new StopUpstreamException(this);
    }

    protected override void EndProcessing()
    {
        foreach (PSObject input in _last) Write(input);
    }

    private void Write(PSObject input)
    {
        if (ExpandProperty is not null)
        {
            if (Members.TryGet(input, ExpandProperty, out object? value)) WriteObject(value, true);
            else
                WriteError(new ErrorRecord(new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
                    "ExpandPropertyNotFound",
                    ErrorCategory.InvalidArgument, input));
        }
        else if (Property is null) WriteObject(input);
        else WriteObject(Selected(input));
    }

    private PSObject Selected(PSObject input)
    {
        var made = new PSObject();
        foreach (string name in Property!.Select(p => (string)PSObject.Base(p)!))
        {
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
                IEnumerable<(string Name, object? Value)> all = input.BaseObject is IDictionary map
                    ? map.Cast<DictionaryEntry>().Select(e => (PSObject.ToStringInvariant(e.Key), e.Value))
                    : input.Properties.Select(p => (p.Name, p.Value));
                foreach ((string found, object? value) in all.Where(p => pattern.IsMatch(p.Name))) Add(found, value);
            }
            else
            {
                Members.TryGet(input, name, out object? value);
                Add(input.Properties[name]?.Name ?? name, value);
            }
        }
        made.TypeNames.Insert(0, "Selected." + input.TypeNames[0]);
        return made;

        void Add(string name, object? value)
        {
            if (made.Properties[name] is null) made.Properties.Add(new PSNoteProperty(name, value));
        }
    }
}

using System.Management.Automation;
using PipelineHost;
using PipelineHost.Binding;
using PipelineHost.Formatting;

namespace Microsoft.PowerShell.Commands;

/// <summary>Lays its input out once it has all of it.</summary>
internal abstract class FormatCommand : PSCmdlet
{
    private readonly List<object?> _objects = [];

    [Parameter(ValueFromPipeline = true), AllowNull] public PSObject? InputObject { get; set; }
    [Parameter(Position = 0)] public object[]? Property { get; set; }
    [Parameter, Refused] public object? GroupBy { get; set; }
    [Parameter, Refused] public string? View { get; set; }
    [Parameter, Refused] public string? Expand { get; set; }
    [Parameter, Refused] public SwitchParameter DisplayError { get; set; }
    [Parameter, Refused] public SwitchParameter ShowError { get; set; }
    [Parameter, Refused] public SwitchParameter Force { get; set; }

    private protected abstract Layout Layout { get; }

    protected override void BeginProcessing()
    {
        if (Array.Exists(Property ?? [], p => PSObject.Base(p) is not string))
            throw new NotSupportedByHostException("a calculated property");
    }

    protected override void ProcessRecord() => _objects.Add(InputObject);

    protected override void EndProcessing()
    {
        string[]? names = Property is null ? null : [.. Property.Select(p => (string)PSObject.Base(p)!)];
        WriteObject(new FormattedText([.. Formatter.Lines(_objects, Layout, names)]));
    }
}

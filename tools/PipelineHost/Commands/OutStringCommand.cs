using System.Management.Automation;
using PipelineHost.Binding;
using PipelineHost.Formatting;

namespace Microsoft.PowerShell.Commands;

/// <summary>Objects as the text that would show them.</summary>
[Cmdlet("Out", "String")]
internal sealed class OutStringCommand : PSCmdlet
{
    private readonly List<object?> _objects = [];

    [Parameter(ValueFromPipeline = true), AllowNull] public PSObject? InputObject { get; set; }
    [Parameter] public SwitchParameter Stream { get; set; }
    [Parameter, Refused] public int Width { get; set; }
    [Parameter, Refused] public SwitchParameter NoNewline { get; set; }

    protected override void ProcessRecord() => _objects.Add(InputObject);

    protected override void EndProcessing()
    {
        List<string> lines = [.. Formatter.Lines(_objects)];
        if (Stream) WriteObject(lines, true);
        else WriteObject(string.Concat(lines.Select(l => l + Environment.NewLine)));
    }
}

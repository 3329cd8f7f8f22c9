using System.Management.Automation;
using PipelineHost.Binding;

namespace Microsoft.PowerShell.Commands;

/// <summary>Text for the user alone, without colours.</summary>
[Cmdlet("Write", "Host")]
internal sealed class WriteHostCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true), Alias("Msg", "Message")]
    public object? Object { get; set; }
    [Parameter] public object? Separator { get; set; } = " ";
    [Parameter] public ConsoleColor ForegroundColor { get; set; }
    [Parameter] public ConsoleColor BackgroundColor { get; set; }
    [Parameter, Refused] public SwitchParameter NoNewline { get; set; }

    protected override void ProcessRecord()
    {
        string text = LanguagePrimitives.GetEnumerable(Object) is { } list
            ? string.Join(PSObject.ToStringInvariant(Separator), list.Cast<object?>().Select(i => PSObject.ToStringInvariant(i)))
            : PSObject.ToStringInvariant(Object);
        WriteInformation(text, ["PSHOST"]);
    }
}

using System.Management.Automation;
using PipelineHost.Binding;
using PipelineHost.Formatting;

namespace Microsoft.PowerShell.Commands;

[Cmdlet("Format", "Table"), Alias("ft")]
internal sealed class FormatTableCommand : FormatCommand
{
    private protected override Layout Layout => Layout.Table;

    [Parameter] public SwitchParameter AutoSize { get; set; }
    [Parameter, Refused] public SwitchParameter Wrap { get; set; }
    [Parameter, Refused] public SwitchParameter HideTableHeaders { get; set; }
    [Parameter, Refused] public SwitchParameter RepeatHeader { get; set; }
}

using System.Management.Automation;
using PipelineHost.Formatting;

namespace Microsoft.PowerShell.Commands;

[Cmdlet("Format", "List"), Alias("fl")]
internal sealed class FormatListCommand : FormatCommand
{
    private protected override Layout Layout => Layout.List;
}

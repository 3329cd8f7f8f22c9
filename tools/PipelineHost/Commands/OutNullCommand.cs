using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

[Cmdlet("Out", "Null")]
internal sealed class OutNullCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true), AllowNull] public PSObject? InputObject { get; set; }
}

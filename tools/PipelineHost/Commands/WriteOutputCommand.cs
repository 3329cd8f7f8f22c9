using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Writes its arguments or its input.</summary>
[Cmdlet("Write", "Output"), Alias("echo")]
internal sealed class WriteOutputCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true), AllowNull,
        AllowEmptyCollection]
    public object? InputObject { get; set; }
    [Parameter] public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => WriteObject(InputObject, !NoEnumerate);
}

using System.Management.Automation;

namespace BeyondProbe;

[Cmdlet(VerbsCommon.Get, "Beyond")]
public sealed class GetBeyondCommand : PSCmdlet
{
    protected override void ProcessRecord()
    {
        WriteObject(InvokeCommand.InvokeScript("1"));
        WriteObject(Host.Name);
    }
}

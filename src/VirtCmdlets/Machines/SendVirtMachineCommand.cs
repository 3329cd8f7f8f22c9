using System.Management.Automation;
using System.Text;

namespace VirtCmdlets;

/// <summary>Types into the consoles of virtual machines.</summary>
/// <example><code>Send-VirtMachine web01 -Text 'root'</code>Types root and Enter.</example>
[Cmdlet(VerbsCommunications.Send, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class SendVirtMachineCommand : MachineCmdlet
{
    /// <summary>What to type.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [AllowEmptyString]
    public string Text { get; set; } = "";

    /// <summary>Leaves out the Enter at the end.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Types.</summary>
    protected override void ProcessRecord()
    {
        var data = Encoding.UTF8.GetBytes(NoNewline ? Text : Text + "\n");
        ForEach(Chosen(), machine =>
        {
            if (ShouldProcess(machine.Name, "Send-VirtMachine"))
            {
                WithConnection(machine, (connection, cancellation) => connection.WriteConsoleAsync(data, cancellation));
            }
        });
    }
}

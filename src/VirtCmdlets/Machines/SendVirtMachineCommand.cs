using System.Collections;
using System.Management.Automation;
using System.Text;

namespace VirtCmdlets;

/// <summary>Types into the consoles of virtual machines.</summary>
/// <example><code>Send-VirtMachine web01 -Text 'root'</code>Types root and Enter.</example>
/// <example><code>'cd /tmp', 'ls' | Send-VirtMachine web01</code>Types two lines.</example>
/// <example><code>Send-VirtMachine web01 "`u{3}" -NoNewline</code>Presses Ctrl+C.</example>
[Cmdlet(VerbsCommunications.Send, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class SendVirtMachineCommand : MachineCmdlet
{
    // What the key sends. The guest's terminal makes a line's end of it, unless a program wants the keys as they are.
    private const byte Enter = (byte)'\r';

    /// <summary>What to type: a text, several texts, each with Enter at its end; or bytes, which are sent as they are.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByName, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ById)]
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByMachine)]
    [AllowEmptyString]
    [Alias("InputObject")]
    public object Text { get; set; } = "";

    /// <summary>Leaves out the Enter at a text's end.</summary>
    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    /// <summary>Types.</summary>
    protected override void ProcessRecord()
    {
        var keys = Keys(Text);
        ForEach(Chosen(), machine =>
        {
            if (ShouldProcess(machine.Name, "Send-VirtMachine"))
            {
                WithConnection(machine, (connection, cancellation) => connection.WriteConsoleAsync(keys, cancellation));
            }
        });
    }

    private byte[] Keys(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        byte[] bytes => bytes,
        byte one => [one],
        string text => Line(text),
        IEnumerable many => [.. many.Cast<object?>().SelectMany(Keys)],
        var other => Line($"{other}"),
    };

    private byte[] Line(string text) => NoNewline ? Encoding.UTF8.GetBytes(text) : [.. Encoding.UTF8.GetBytes(text), Enter];
}

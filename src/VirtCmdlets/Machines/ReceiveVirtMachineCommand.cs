using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Gets what virtual machines wrote to their consoles in the current or last run, line by line.</summary>
/// <example><code>Receive-VirtMachine web01 -Tail 20</code>Shows the last 20 lines.</example>
/// <example><code>Receive-VirtMachine web01 -Wait</code>Shows all lines and goes on until the machine is off.</example>
[Cmdlet(VerbsCommunications.Receive, "VirtMachine", DefaultParameterSetName = ByName)]
[OutputType(typeof(string))]
public sealed class ReceiveVirtMachineCommand : MachineCmdlet
{
    /// <summary>Only the last lines, this many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? Tail { get; set; }

    /// <summary>Goes on as the guest writes, until the machine is off.</summary>
    [Parameter]
    [Alias("Follow")]
    public SwitchParameter Wait { get; set; }

    /// <summary>Writes the lines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        var lines = new ConsoleLines();
        var kept = new Queue<string>();
        var end = 0L;
        foreach (var part in VirtHost.ReadConsole(machine.Id))
        {
            Keep(kept, lines.Add(part.Data.Span));
            end = part.Offset + part.Data.Length;
        }

        var follow = Wait && LocalHost.IsRunning(machine);
        if (!follow)
        {
            Keep(kept, lines.End());
        }

        WriteObject(kept, enumerateCollection: true);
        if (follow)
        {
            Follow(machine, lines, end);
        }
    });

    private void Keep(Queue<string> kept, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            kept.Enqueue(line);
            if (kept.Count > Tail)
            {
                kept.Dequeue();
            }
        }
    }

    private void Follow(MachineInfo machine, ConsoleLines lines, long offset) => Await(async (write, cancellation) =>
    {
        var connection = await VirtHost.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await foreach (var part in connection.ReadConsoleAsync(offset, follow: true, cancellation).ConfigureAwait(false))
            {
                foreach (var line in lines.Add(part.Data.Span))
                {
                    write(() => WriteObject(line));
                }
            }
        }

        foreach (var line in lines.End())
        {
            write(() => WriteObject(line));
        }

        return true;
    });
}

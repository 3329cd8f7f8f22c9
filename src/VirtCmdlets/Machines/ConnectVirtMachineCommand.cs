using System.Management.Automation;
using VirtEngine.Consoles;
using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>
/// Connects this terminal to the console of a running virtual machine, until Ctrl+] is pressed or the machine is off. All other keys, Ctrl+C
/// too, go to the guest. Several terminals can be connected to one machine.
/// </summary>
/// <example><code>Connect-VirtMachine web01</code>Shows the last 100 lines of a machine's console and goes on with it.</example>
[Cmdlet(VerbsCommunications.Connect, "VirtMachine", DefaultParameterSetName = ByName)]
public sealed class ConnectVirtMachineCommand : MachineCmdlet
{
    private readonly List<MachineInfo> _machines = [];

    /// <summary>How many lines are shown of what the guest wrote before; 100 without it.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Tail { get; set; } = 100;

    /// <summary>Takes the machine.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), _machines.Add);

    /// <summary>Runs the session.</summary>
    protected override void EndProcessing()
    {
        if (_machines.Count > 1)
        {
            Try(
                () => throw new VirtException(
                    VirtErrorCode.ParameterInvalid, $"A terminal connects to one machine; {_machines.Count} were chosen."),
                _machines);
        }
        else
        {
            ForEach(_machines, Connect);
        }

        base.EndProcessing();
    }

    private void Connect(MachineInfo machine)
    {
        using var terminal = HostTerminal.Open();
        WithConnection(machine, async (connection, cancellation) =>
        {
            terminal.EnterRaw();
            terminal.WriteLine($"Connected to '{machine.Name}'. {ConsoleSession.EscapeName} ends the session.");
            var backlog = ConsoleBacklog.Take(VirtHost.ReadConsole(machine.Id), Tail);
            backlog.ShowOn(terminal);
            var end = await new ConsoleSession(connection, terminal).RunAsync(backlog.End, cancellation).ConfigureAwait(false);
            if (end == ConsoleSessionEnd.MachineOff)
            {
                var now = await VirtHost.GetMachineAsync(machine.Id, cancellation).ConfigureAwait(false);
                var why = now.Reason is { } reason ? $": {reason}" : ".";
                terminal.WriteLine($"'{now.Name}' is {now.State.ToString().ToLowerInvariant()}{why}");
            }
            else
            {
                terminal.WriteLine($"The session has ended; '{machine.Name}' goes on.");
            }
        });
    }
}

using System.Management.Automation;
using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Changes virtual machines. What the guest sees can change only while the machine is off, but for its balloon, which it has only while it runs.</summary>
/// <example><code>Set-VirtMachine web01 -Memory 1GiB -Processors 2</code>Gives a stopped machine more memory and processors.</example>
/// <example><code>Set-VirtMachine web01 -NewName web02</code>Renames a machine, running or not.</example>
/// <example><code>Set-VirtMachine web01 -BalloonTarget 128MiB</code>Asks a running guest to give back 128 MiB of its memory.</example>
[Cmdlet(VerbsCommon.Set, "VirtMachine", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class SetVirtMachineCommand : MachineCmdlet
{
    /// <summary>The new name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    /// <summary>Virtual processors, 1 to 8.</summary>
    [Parameter]
    [ValidateRange(1, 8)]
    public int? Processors { get; set; }

    /// <summary>Memory of the guest: 512MiB, or a number of bytes.</summary>
    [Parameter]
    public ByteSize? Memory { get; set; }

    /// <summary>
    /// Memory that the running guest shall do without: 128MiB, or a number of bytes; 0 lets it have all of it again. Its balloon driver gives it
    /// back to the host as it can. It is no part of what the machine should be, and ends with its run.
    /// </summary>
    [Parameter]
    public ByteSize? BalloonTarget { get; set; }

    /// <summary>The kernel's command line.</summary>
    [Parameter]
    public string? CommandLine { get; set; }

    /// <summary>How long the guest may take to shut down: seconds, or 30s, 5m.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? StopTimeout { get; set; }

    /// <summary>Remarks for people.</summary>
    [Parameter]
    public string? Notes { get; set; }

    /// <summary>Writes the machines.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Changes the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), machine =>
    {
        if (ShouldProcess(machine.Name, "Set-VirtMachine"))
        {
            if (BalloonTarget is null || Change(machine.Spec) != machine.Spec)
            {
                Await(cancellation => VirtHost.UpdateAsync(machine.Id, Change, cancellation));
            }

            if (BalloonTarget is { } balloon)
            {
                WithConnection(machine, (connection, cancellation) => connection.SetBalloonAsync(balloon, cancellation));
            }

            if (PassThru)
            {
                WriteMachine(machine.Id);
            }
        }
    });

    private VirtSpecs.Machine Change(VirtSpecs.Machine spec) => spec with
    {
        Name = NewName ?? spec.Name,
        Processors = Processors ?? spec.Processors,
        Memory = Memory ?? spec.Memory,
        Notes = Notes ?? spec.Notes,
        Boot = spec.Boot with { CommandLine = CommandLine ?? spec.Boot.CommandLine },
        Stop = StopTimeout is { } timeout ? spec.Stop with { Timeout = timeout } : spec.Stop,
    };
}

using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which machines they work on.</summary>
public abstract class MachineCmdlet : MachineSelectionCmdlet
{
    /// <summary>Names of machines; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The machines that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<MachineInfo> Chosen() => Choose(Name);

    /// <summary>Connects to a machine and does something.</summary>
    internal T WithConnection<T>(MachineInfo machine, Func<MachineConnection, CancellationToken, Task<T>> action) => Await(async cancellation =>
    {
        var connection = await VirtHost.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            return await action(connection, cancellation).ConfigureAwait(false);
        }
    });

    /// <summary>Connects to a machine and does something.</summary>
    internal void WithConnection(MachineInfo machine, Func<MachineConnection, CancellationToken, Task> action) =>
        WithConnection(machine, async (connection, cancellation) =>
        {
            await action(connection, cancellation).ConfigureAwait(false);
            return true;
        });
}

using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that speak with running machines.</summary>
public abstract class ConnectedCmdlet : MachineCmdlet
{
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

using System.Net;
using System.Net.Sockets;
using System.Text;
using VirtFoundation;
using VirtFoundation.Events;

namespace VirtEngine.Hosts;

/// <summary>Waits until a machine is as wanted; told by the worker, not by asking again and again.</summary>
internal sealed class MachineWait(IMachineHost host, Guid id)
{
    private const int DeathAttempts = 20;

    private static readonly TimeSpan DeathPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(5);

    // An address comes and no event tells of it: the agent is asked, seldom.
    private static readonly TimeSpan AddressPause = TimeSpan.FromMilliseconds(500);

    internal async Task ForAsync(WaitCondition condition, string? text, CancellationToken cancellation)
    {
        if (condition == WaitCondition.Text && string.IsNullOrEmpty(text))
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, "A text to wait for is needed.");
        }

        try
        {
            var connection = await host.ConnectAsync(id, cancellation).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                await (condition switch
                {
                    WaitCondition.Boot => ForConsoleAsync(connection, [], cancellation),
                    WaitCondition.Text => ForConsoleAsync(connection, Encoding.UTF8.GetBytes(text!), cancellation),
                    WaitCondition.Agent => ForAgentAsync(connection, cancellation),
                    WaitCondition.Address => ForAddressAsync(connection, cancellation),
                    _ => ForEndAsync(connection, cancellation),
                }).ConfigureAwait(false);
            }
        }
        catch (VirtException e) when (e.Code is VirtErrorCode.WorkerLost or VirtErrorCode.MachineNotRunning)
        {
            var now = await FindEndAsync(host, id, cancellation).ConfigureAwait(false);
            if (LocalHost.IsRunning(now) || condition != WaitCondition.Stopped)
            {
                throw Explain(now, e);
            }
        }
    }

    /// <summary>Why a machine answers no more.</summary>
    /// <param name="host">What keeps it.</param>
    /// <param name="id">The machine.</param>
    /// <param name="lost">How that was found out.</param>
    /// <param name="cancellation">Ends the looking.</param>
    internal static async Task<VirtException> ExplainAsync(IMachineHost host, Guid id, VirtException lost, CancellationToken cancellation) =>
        Explain(await FindEndAsync(host, id, cancellation).ConfigureAwait(false), lost);

    private static VirtException Explain(MachineInfo now, VirtException lost) => LocalHost.IsRunning(now)
        ? new(lost.Code, now.Reason ?? lost.Message, lost) // Its worker cannot be reached.
        : Ended(now, lost);

    private static async Task<MachineInfo> FindEndAsync(IMachineHost host, Guid id, CancellationToken cancellation)
    {
        var now = await host.GetMachineAsync(id, cancellation).ConfigureAwait(false);
        for (var attempt = 0; LocalHost.IsRunning(now) && attempt < DeathAttempts; attempt++)
        {
            // The socket of a process that dies goes before the process itself.
            await Task.Delay(DeathPause, cancellation).ConfigureAwait(false);
            now = await host.GetMachineAsync(id, cancellation).ConfigureAwait(false);
        }

        return now;
    }

    /// <summary>Whether others can reach an address such as <c>10.0.0.2/24</c>.</summary>
    internal static bool IsReachable(string address) =>
        IPAddress.TryParse(address.AsSpan(0, Math.Max(0, address.LastIndexOf('/'))), out var parsed)
        && !IPAddress.IsLoopback(parsed)
        && !parsed.IsIPv6LinkLocal
        && !(parsed.AddressFamily == AddressFamily.InterNetwork && parsed.GetAddressBytes() is [169, 254, ..]);

    private async Task ForConsoleAsync(MachineConnection connection, byte[] text, CancellationToken cancellation)
    {
        // A text may begin in one part and end in the next.
        byte[] rest = [];
        await foreach (var part in connection.ReadConsoleAsync(0, follow: true, cancellation).ConfigureAwait(false))
        {
            byte[] all = [.. rest, .. part.Data.Span];
            if (all.AsSpan().IndexOf(text) >= 0)
            {
                return;
            }

            rest = all[Math.Max(0, all.Length - text.Length)..];
        }

        throw await EndedAsync(cancellation).ConfigureAwait(false);
    }

    private async Task ForAgentAsync(MachineConnection connection, CancellationToken cancellation)
    {
        // The events of earlier runs may be many, and a connection delivers in order: what is asked meanwhile goes by another one.
        var events = await host.ConnectAsync(id, cancellation).ConfigureAwait(false);
        await using (events.ConfigureAwait(false))
        {
            await foreach (var found in events.ReadEventsAsync(0, follow: true, cancellation).ConfigureAwait(false))
            {
                if (found.Name is EventNames.AgentReady && await AnswersAsync(connection, cancellation).ConfigureAwait(false))
                {
                    return;
                }
            }
        }

        throw await EndedAsync(cancellation).ConfigureAwait(false);
    }

    // An event of an earlier run, or of an agent that went away since, is no answer.
    private static async Task<bool> AnswersAsync(MachineConnection connection, CancellationToken cancellation)
    {
        if (!(await connection.GetStatusAsync(cancellation).ConfigureAwait(false)).AgentReady)
        {
            return false;
        }

        try
        {
            await connection.PingAgentAsync(PingPatience, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (VirtException e) when (e.Code is VirtErrorCode.AgentNotConnected or VirtErrorCode.AgentTimeout)
        {
            return false;
        }
    }

    private async Task ForAddressAsync(MachineConnection connection, CancellationToken cancellation)
    {
        await ForAgentAsync(connection, cancellation).ConfigureAwait(false);
        while (true)
        {
            try
            {
                var interfaces = await connection.GetNetworkInterfacesAsync(cancellation).ConfigureAwait(false);
                if (interfaces.SelectMany(one => one.Addresses).Any(IsReachable))
                {
                    return;
                }
            }
            catch (VirtException e) when (e.Code is VirtErrorCode.AgentNotConnected or VirtErrorCode.AgentTimeout)
            {
                await ForAgentAsync(connection, cancellation).ConfigureAwait(false);
            }

            await Task.Delay(AddressPause, cancellation).ConfigureAwait(false);
        }
    }

    // The worker ends with its machine, and the stream with the worker.
    private static async Task ForEndAsync(MachineConnection connection, CancellationToken cancellation)
    {
        await foreach (var found in connection.ReadEventsAsync(long.MaxValue, follow: true, cancellation).ConfigureAwait(false))
        {
            continue;
        }
    }

    private async Task<VirtException> EndedAsync(CancellationToken cancellation) =>
        Ended(await host.GetMachineAsync(id, cancellation).ConfigureAwait(false), null);

    private static VirtException Ended(MachineInfo now, Exception? cause) => now.State == Machines.MachineState.Failed
        ? new(VirtErrorCode.MachineFailed, $"'{now.Name}' failed: {now.Reason}", cause)
        : new(VirtErrorCode.MachineNotRunning, $"'{now.Name}' is {now.State.ToString().ToLowerInvariant()}.", cause);
}

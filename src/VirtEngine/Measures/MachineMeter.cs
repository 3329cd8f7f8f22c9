using VirtEngine.Hosts;
using VirtFoundation;

namespace VirtEngine.Measures;

/// <summary>Measures a running machine, again and again.</summary>
public sealed class MachineMeter : IAsyncDisposable
{
    private readonly IMachineHost _host;
    private readonly MachineConnection _connection;
    private MachineCounters _last;

    private MachineMeter(IMachineHost host, MachineInfo machine, MachineConnection connection, MachineCounters first) =>
        (_host, Machine, _connection, _last) = (host, machine, connection, first);

    /// <summary>The machine as it was found.</summary>
    public MachineInfo Machine { get; }

    /// <summary>Begins to measure a machine.</summary>
    /// <param name="host">What keeps it.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="VirtException">It is not running.</exception>
    public static async Task<MachineMeter> OpenAsync(IMachineHost host, MachineInfo machine, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(machine);
        var connection = await host.ConnectAsync(machine.Id, cancellation).ConfigureAwait(false);
        try
        {
            return new(host, machine, connection, await connection.GetCountersAsync(cancellation).ConfigureAwait(false));
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What the machine did since the last time, or since this began.</summary>
    /// <param name="cancellation">Ends the wait for its worker.</param>
    /// <exception cref="VirtException">It is off by now.</exception>
    public async Task<MachineMeasure> MeasureAsync(CancellationToken cancellation)
    {
        try
        {
            var now = await _connection.GetCountersAsync(cancellation).ConfigureAwait(false);
            var measure = MachineMeasure.Of(Machine, _last, now);
            _last = now;
            return measure;
        }
        catch (VirtException e) when (e.Code is VirtErrorCode.WorkerLost or VirtErrorCode.MachineStateInvalid)
        {
            throw await MachineWait.ExplainAsync(_host, Machine.Id, e, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Hangs up.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}

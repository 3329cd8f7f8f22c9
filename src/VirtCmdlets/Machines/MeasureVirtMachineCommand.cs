using System.Management.Automation;
using VirtEngine.Hosts;
using VirtEngine.Measures;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Measures what running virtual machines do: processors, disks, networks and memory.</summary>
/// <example><code>Measure-VirtMachine web01</code>Measures a machine for a second.</example>
/// <example><code>(Measure-VirtMachine web01 -Interval 5s).Disks | Select-Object -ExpandProperty Write</code>Shows what a machine wrote to its disks in 5 seconds, and how long that took.</example>
/// <example><code>Get-VirtMachine | Where-Object State -eq Running | Measure-VirtMachine -Count 3</code>Measures all running machines at the same time, three times.</example>
[Cmdlet(VerbsDiagnostic.Measure, "VirtMachine", DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineMeasure))]
public sealed class MeasureVirtMachineCommand : MachineCmdlet
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly List<MachineInfo> _machines = [];

    /// <summary>How long is measured: seconds, or 30s, 5m; 0.1 s at least. A second without it.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>Goes on until Ctrl+C, or until all the machines are off.</summary>
    [Parameter]
    public SwitchParameter Continuous { get; set; }

    /// <summary>Looks at the parameters.</summary>
    protected override void BeginProcessing() => OrEnd(
        () => Interval < Shortest ? throw Invalid("An interval has 0.1 s at least.")
            : Continuous && MyInvocation.BoundParameters.ContainsKey(nameof(Count)) ? throw Invalid("-Continuous has no -Count.")
            : true,
        Interval);

    /// <summary>Takes the machines.</summary>
    protected override void ProcessRecord() => ForEach(Chosen(), _machines.Add);

    /// <summary>Measures all of them at the same time.</summary>
    protected override void EndProcessing()
    {
        Await(async (write, cancellation) =>
        {
            var meters = new List<MachineMeter>();
            try
            {
                await ForEachAsync(
                    _machines.DistinctBy(machine => machine.Id), machine => machine,
                    machine => MachineMeter.OpenAsync(VirtHost, machine, cancellation), (_, meter) => meters.Add(meter), _ => { }, write).ConfigureAwait(false);
                for (var done = 0; meters.Count > 0 && (Continuous || done < Count); done++)
                {
                    await Task.Delay(Interval, cancellation).ConfigureAwait(false);
                    await ForEachAsync(
                        meters.ToList(), meter => meter.Machine, meter => meter.MeasureAsync(cancellation),
                        (_, measure) => write(() => WriteObject(measure)), meter => meters.Remove(meter), write).ConfigureAwait(false);
                }
            }
            finally
            {
                foreach (var meter in meters)
                {
                    await meter.DisposeAsync().ConfigureAwait(false);
                }
            }

            return true;
        });
        base.EndProcessing();
    }

    // All at once; what one of them fails with keeps no other from its turn.
    private async Task ForEachAsync<T, TResult>(
        IEnumerable<T> all, Func<T, MachineInfo> machineOf, Func<T, Task<TResult>> work, Action<T, TResult> done, Action<T> failed,
        Action<Action> write)
    {
        foreach (var (one, result) in all.Select(one => (one, work(one))).ToList())
        {
            try
            {
                done(one, await result.ConfigureAwait(false));
            }
            catch (VirtException e)
            {
                failed(one);
                write(() => WriteError(ErrorCatalog.ToRecord(e, machineOf(one))));
            }
        }
    }

    private static VirtException Invalid(string what) => new(VirtErrorCode.ParameterInvalid, what);
}

using VirtEngine.Boot;
using VirtEngine.Channels;
using VirtEngine.Chipset;
using VirtEngine.Hypervisors;
using VirtEngine.Memory;

namespace VirtEngine.Machines;

/// <summary>
/// A virtual machine, built and run once. A supervising thread takes what ends a run: a reset restarts the machine in place, with fresh memory
/// and devices, as a PC's does; power off ends it; a triple fault fails it with the place, because an admin wants to see it rather than watch
/// the guest reboot for ever.
/// </summary>
public sealed class Machine : IMachine, IPowerControl
{
    private const int ConsoleBacklog = 64 << 10, ConsoleInput = 4 << 10, AgentBuffer = 64 << 10;

    /// <summary>What ends a run, the weightiest last: it wins where several come together.</summary>
    private enum Request { None, Reset, PowerOff, Fail, TurnOff }

    private readonly object gate = new();           // the life cycle; held while processors are stopped, so they never take it
    private readonly object requestGate = new();
    private readonly MachineOptions options;
    private readonly IHypervisor hypervisor;
    private readonly CpuProfile profile;
    private readonly Func<GuestMemory, BootParameters, BootState> load;
    private readonly GuestChannel console = new(ConsoleBacklog, ConsoleInput, open: true);
    private readonly GuestChannel agent = new(AgentBuffer, AgentBuffer, open: false);
    private readonly StateEvents events;
    private Thread? supervisor;
    private PcPlatform? platform;
    private ProcessorGroup? processors;
    private IReadOnlyList<ProcessorCounters> lastCounters = [];
    private Request request;
    private string? requestReason;
    private MachineState resumeTo;
    private volatile MachineState state;
    private volatile string? reason;

    /// <summary>Makes a machine; nothing is allocated before <see cref="Start"/>.</summary>
    /// <param name="options">What it is made of.</param>
    /// <param name="hypervisor">Runs its processors.</param>
    /// <param name="profile">What its processors are told.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of processors or the size of the memory cannot be.</exception>
    public Machine(MachineOptions options, IHypervisor hypervisor, CpuProfile profile) : this(options, hypervisor, profile, LinuxLoader.Load)
    {
    }

    internal Machine(
        MachineOptions options, IHypervisor hypervisor, CpuProfile profile, Func<GuestMemory, BootParameters, BootState> load)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(hypervisor);
        if (options.Processors is < 1 or > 8)
            throw new ArgumentOutOfRangeException(nameof(options), options.Processors, "A machine has 1 to 8 processors.");
        if (options.Memory < 2 << 20 || options.Memory % (2 << 20) != 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.Memory, "A machine's memory is a positive multiple of 2 MiB.");
        this.options = options;
        this.hypervisor = hypervisor;
        this.profile = profile;
        this.load = load;
        events = new StateEvents(value => StateChanged?.Invoke(value));
    }

    /// <summary>Makes a machine with the hypervisor and the profile that its options name.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="NotSupportedException">No hypervisor can run it here, or the profile is not known.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of processors or the size of the memory cannot be.</exception>
    public static Machine Create(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Profile != PortableProfile.Instance.Name)
            throw new NotSupportedException($"There is no CPU profile '{options.Profile}'; known is {PortableProfile.Instance.Name}.");
        return new Machine(options, HypervisorCatalog.Default.Choose(options.Hypervisor, options.Processors), PortableProfile.Instance);
    }

    /// <inheritdoc/>
    public event Action<MachineState>? StateChanged;

    /// <inheritdoc/>
    public MachineState State => state;

    /// <inheritdoc/>
    public string? Reason => reason;

    /// <inheritdoc/>
    public string Hypervisor => hypervisor.Name;

    /// <inheritdoc/>
    public IGuestChannel Console => console;

    /// <inheritdoc/>
    public IGuestChannel Agent => agent;

    /// <inheritdoc/>
    /// <remarks>After a reset they begin anew; after the end they show how the last run ended.</remarks>
    public IReadOnlyList<ProcessorCounters> Counters
    {
        get { lock (gate) return platform is null ? lastCounters : CountersOf(platform); }
    }

    /// <summary>The processors' states while the machine is paused, to look for the cause of a hang.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    internal IReadOnlyList<ProcessorState> ProcessorStates
    {
        get
        {
            lock (gate)
            {
                if (state != MachineState.Paused) throw new InvalidOperationException($"The machine is {state}, not paused.");
                return [.. platform!.Processors.Select(processor => processor.GetState())];
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="InsufficientMemoryException">The host cannot provide its memory.</exception>
    /// <exception cref="NotSupportedException">The hypervisor cannot run it.</exception>
    /// <exception cref="BootException">The kernel does not fit.</exception>
    public void Start()
    {
        lock (gate)
        {
            if (supervisor is not null || state != MachineState.Stopped) throw new InvalidOperationException("A machine is started once.");
            Enter(MachineState.Starting);
            try
            {
                PowerUp();
            }
            catch (Exception e)
            {
                End(MachineState.Failed, e.Message);
                throw;
            }
            supervisor = new Thread(Supervise) { IsBackground = true, Name = $"machine {options.Name}" };
            Enter(MachineState.Running);
            supervisor.Start();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void Pause()
    {
        lock (gate)
        {
            if (state is not (MachineState.Running or MachineState.Stopping)) throw new InvalidOperationException($"The machine is {state}, not running.");
            resumeTo = state;
            processors!.Pause();
            console.Hold();
            agent.Hold();
            platform!.Clock.Pause();
            Enter(MachineState.Paused);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public void Resume()
    {
        lock (gate)
        {
            if (state != MachineState.Paused) throw new InvalidOperationException($"The machine is {state}, not paused.");
            platform!.Clock.Resume();
            console.Release();
            agent.Release();
            processors!.Resume();
            Enter(resumeTo);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void PressPowerButton()
    {
        lock (gate)
        {
            if (state is not (MachineState.Running or MachineState.Stopping)) throw new InvalidOperationException($"The machine is {state}, not running.");
            platform!.PressPowerButton();
            if (state == MachineState.Running) Enter(MachineState.Stopping);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Returns when it is off.</remarks>
    public void TurnOff()
    {
        Thread? running;
        lock (gate) running = supervisor;
        if (running is null) return;
        Ask(Request.TurnOff, null);
        if (running != Thread.CurrentThread) running.Join();
    }

    /// <inheritdoc/>
    void IPowerControl.RequestReset(string source) => Ask(Request.Reset, source);

    /// <inheritdoc/>
    void IPowerControl.RequestPowerOff() => Ask(Request.PowerOff, null);

    /// <summary>Turns it off if it runs, and ends its channels.</summary>
    public void Dispose()
    {
        TurnOff();
        console.Dispose();
        agent.Dispose();
    }

    private void Ask(Request what, string? why)
    {
        lock (requestGate)
        {
            if (what <= request) return;
            request = what;
            requestReason = why;
            Monitor.PulseAll(requestGate);
        }
    }

    private Request WaitForRequest(out string? why)
    {
        lock (requestGate)
        {
            while (request == Request.None) Monitor.Wait(requestGate);
            why = requestReason;
            return request;
        }
    }

    private void Supervise()
    {
        while (true)
        {
            var what = WaitForRequest(out string? why);
            lock (gate)
            {
                PowerDown();
                if (what != Request.Reset)
                {
                    End(what == Request.Fail ? MachineState.Failed : MachineState.Stopped, why);
                    return;
                }
                lock (requestGate)
                {
                    // Something weightier may have come while the processors were being stopped.
                    if (request != Request.Reset) continue;
                    request = Request.None;
                }
                try
                {
                    PowerUp(paused: state == MachineState.Paused);
                }
                catch (Exception e)     // whatever keeps it from coming up again is the reason it failed
                {
                    End(MachineState.Failed, $"The machine did not come up again after a reset: {e.Message}");
                    return;
                }
                if (state == MachineState.Paused) resumeTo = MachineState.Running;
                else if (state != MachineState.Running) Enter(MachineState.Running);
            }
        }
    }

    private void PowerUp(bool paused = false)
    {
        platform = new PcPlatform(options, hypervisor, profile, console, agent, this);
        try
        {
            platform.Boot(options, load);
        }
        catch
        {
            platform.Dispose();
            platform = null;
            throw;
        }
        processors = new ProcessorGroup(platform.Processors, why => Ask(Request.Fail, why), paused);
        if (paused) platform.Clock.Pause();
        processors.Start();
    }

    private void PowerDown()
    {
        if (platform is null) return;
        processors!.Stop();
        lastCounters = CountersOf(platform);
        platform.Dispose();
        platform = null;
        processors = null;
    }

    private static ProcessorCounters[] CountersOf(PcPlatform platform) => [.. platform.Processors.Select(p => p.Counters)];

    private void End(MachineState last, string? why)
    {
        reason = why;
        console.Dispose();
        agent.Dispose();
        Enter(last);
    }

    private void Enter(MachineState next)
    {
        state = next;
        events.Raise(next);
    }
}

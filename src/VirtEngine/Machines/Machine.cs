using VirtEngine.Balloons;
using VirtEngine.Boot;
using VirtEngine.Channels;
using VirtEngine.Chipset;
using VirtEngine.Hypervisors;
using VirtEngine.Measures;
using VirtEngine.Memory;
using VirtEngine.Networks;
using VirtEngine.Vsock;
using VirtFoundation;

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

    private readonly object _gate = new();           // the life cycle; held while processors are stopped, so they never take it
    private readonly object _requestGate = new();
    private readonly MachineOptions _options;
    private readonly IHypervisor _hypervisor;
    private readonly CpuProfile _profile;
    private readonly Func<GuestMemory, BootParameters, BootState> _load;
    private readonly GuestChannel _console = new(ConsoleBacklog, ConsoleInput, open: true);
    private readonly GuestChannel _agent = new(AgentBuffer, AgentBuffer, open: false);
    private readonly StateEvents _events;
    private List<NetworkAdapter> _networks = [];
    private VsockListener? _vsock;
    private Thread? _supervisor;
    private MachineDisks? _disks;
    private PcPlatform? _platform;
    private ProcessorGroup? _processors;
    private IReadOnlyList<ProcessorCounters> _lastCounters = [];
    private Request _request;
    private string? _requestReason;
    private MachineState _resumeTo;
    private volatile MachineState _state;
    private volatile string? _reason;

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
        if (options.Networks.Count > NetworkAdapterOptions.MostAdapters)
            throw new ArgumentOutOfRangeException(nameof(options), options.Networks.Count, $"A machine has {NetworkAdapterOptions.MostAdapters} network adapters at most.");
        _options = options;
        _hypervisor = hypervisor;
        _profile = profile;
        _load = load;
        _events = new StateEvents(value => StateChanged?.Invoke(value));
    }

    /// <summary>Makes a machine with the hypervisor and the profile that its options name.</summary>
    /// <param name="options">What it is made of.</param>
    /// <exception cref="NotSupportedException">No hypervisor can run it here, or the profile is not known.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of processors or the size of the memory cannot be.</exception>
    public static Machine Create(MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var hypervisor = HypervisorCatalog.Default.Choose(options.Hypervisor, options.Processors);
        string portable = PortableProfile.Instance.Name;
        return new Machine(options, hypervisor, options.Profile == portable ? PortableProfile.Instance
            : options.Profile == CpuProfile.HostName ? hypervisor.HostProfile
            : throw new NotSupportedException($"There is no CPU profile '{options.Profile}'; known are {portable} and {CpuProfile.HostName}."));
    }

    /// <inheritdoc/>
    public event Action<MachineState>? StateChanged;

    /// <inheritdoc/>
    public MachineState State => _state;

    /// <inheritdoc/>
    public string? Reason => _reason;

    /// <inheritdoc/>
    public string Hypervisor => _hypervisor.Name;

    /// <inheritdoc/>
    public IGuestChannel Console => _console;

    /// <inheritdoc/>
    public IGuestChannel Agent => _agent;

    /// <summary>Its RAM, as long as it is on and until its next reset.</summary>
    internal GuestMemory? Memory { get { lock (_gate) return _platform?.Memory; } }

    /// <summary>The host's side of the memory balloon.</summary>
    internal BalloonControl Balloon { get; } = new();

    BalloonControl IMachine.Balloon => Balloon;

    /// <summary>Counters of each processor.</summary>
    /// <remarks>After a reset they begin anew; after the end they show how the last run ended.</remarks>
    public IReadOnlyList<ProcessorCounters> Counters
    {
        get { lock (_gate) return _platform is null ? _lastCounters : CountersOf(_platform); }
    }

    /// <summary>The processors' states while the machine is paused, to look for the cause of a hang.</summary>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    internal IReadOnlyList<ProcessorState> ProcessorStates
    {
        get
        {
            lock (_gate)
            {
                if (_state != MachineState.Paused) throw new InvalidOperationException($"The machine is {_state}, not paused.");
                return [.. _platform!.Processors.Select(processor => processor.GetState())];
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    /// <exception cref="InsufficientMemoryException">The host cannot provide its memory.</exception>
    /// <exception cref="NotSupportedException">The hypervisor cannot run it.</exception>
    /// <exception cref="BootException">The kernel does not fit.</exception>
    /// <exception cref="VirtException">A disk cannot be opened or is another machine's, or a network interface of the host cannot be used.</exception>
    public void Start()
    {
        lock (_gate)
        {
            if (_supervisor is not null || _state != MachineState.Stopped) throw new InvalidOperationException("A machine is started once.");
            Enter(MachineState.Starting);
            try
            {
                _disks = new MachineDisks(_options.Disks);
                PlugIn();
                PowerUp();
            }
            catch (Exception e)
            {
                End(MachineState.Failed, e.Message);
                throw;
            }
            _supervisor = new Thread(Supervise) { IsBackground = true, Name = $"machine {_options.Name}" };
            Enter(MachineState.Running);
            _supervisor.Start();
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void Pause()
    {
        lock (_gate)
        {
            if (_state is not (MachineState.Running or MachineState.Stopping)) throw new InvalidOperationException($"The machine is {_state}, not running.");
            _resumeTo = _state;
            _processors!.Pause();
            _console.Hold();
            _agent.Hold();
            _platform!.Hold();
            _platform.StopTime();
            Enter(MachineState.Paused);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not paused.</exception>
    public void Resume()
    {
        lock (_gate)
        {
            if (_state != MachineState.Paused) throw new InvalidOperationException($"The machine is {_state}, not paused.");
            _platform!.StartTime();
            _platform.Release();
            _console.Release();
            _agent.Release();
            _processors!.Resume();
            Enter(_resumeTo);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">It is not running.</exception>
    public void PressPowerButton()
    {
        lock (_gate)
        {
            if (_state is not (MachineState.Running or MachineState.Stopping)) throw new InvalidOperationException($"The machine is {_state}, not running.");
            _platform!.PressPowerButton();
            if (_state == MachineState.Running) Enter(MachineState.Stopping);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Returns when it is off.</remarks>
    public void TurnOff()
    {
        Thread? running;
        lock (_gate) running = _supervisor;
        if (running is null) return;
        Ask(Request.TurnOff, null);
        if (running != Thread.CurrentThread) running.Join();
    }

    /// <inheritdoc/>
    MachineCounters IMachine.Measure()
    {
        lock (_gate)
        {
            if (_platform is null) throw new InvalidOperationException($"The machine is {_state}, not running.");
            Balloon.RefreshStatistics();
            return new MachineCounters
            {
                Moment = MachineCounters.Now,
                GuestTime = _platform.GuestTime,
                Processors = [.. _platform.Processors.Select(p => new ProcessorSample(p.Counters, _processors!.TimeOf(p.Index)))],
                Disks = _disks!.Measure(),
                Networks = [.. _networks.Select(NetworkSample.Of)],
                Memory = MemorySample.Of((long)_options.Memory, Balloon),
            };
        }
    }

    /// <inheritdoc/>
    void IPowerControl.RequestReset(string source) => Ask(Request.Reset, source);

    /// <inheritdoc/>
    void IPowerControl.RequestPowerOff() => Ask(Request.PowerOff, null);

    /// <summary>Turns it off if it runs, and ends its channels.</summary>
    public void Dispose()
    {
        TurnOff();
        _console.Dispose();
        _agent.Dispose();
    }

    private void Ask(Request what, string? why)
    {
        lock (_requestGate)
        {
            if (what <= _request) return;
            _request = what;
            _requestReason = why;
            Monitor.PulseAll(_requestGate);
        }
    }

    private Request WaitForRequest(out string? why)
    {
        lock (_requestGate)
        {
            while (_request == Request.None) Monitor.Wait(_requestGate);
            why = _requestReason;
            return _request;
        }
    }

    private void Supervise()
    {
        while (true)
        {
            var what = WaitForRequest(out string? why);
            lock (_gate)
            {
                PowerDown();
                if (what != Request.Reset)
                {
                    End(what == Request.Fail ? MachineState.Failed : MachineState.Stopped, why);
                    return;
                }
                lock (_requestGate)
                {
                    // Something weightier may have come while the processors were being stopped.
                    if (_request != Request.Reset) continue;
                    _request = Request.None;
                }
                try
                {
                    PowerUp(paused: _state == MachineState.Paused);
                }
                catch (Exception e)     // whatever keeps it from coming up again is the reason it failed
                {
                    End(MachineState.Failed, $"The machine did not come up again after a reset: {e.Message}");
                    return;
                }
                if (_state == MachineState.Paused) _resumeTo = MachineState.Running;
                else if (_state != MachineState.Running) Enter(MachineState.Running);
            }
        }
    }

    private void PowerUp(bool paused = false)
    {
        _platform = new PcPlatform(_options, _hypervisor, _profile, _console, _agent, _disks!.Disks, _networks, _vsock, Balloon, this);
        try
        {
            _platform.Boot(_options, _load);
        }
        catch
        {
            _platform.Dispose();
            _platform = null;
            throw;
        }
        _processors = new ProcessorGroup(_platform.Processors, why => Ask(Request.Fail, why), paused);
        if (paused)
        {
            _platform.Hold();
            _platform.StopTime();
        }
        _processors.Start();
    }

    private void PlugIn()
    {
        for (int i = 0; i < _options.Networks.Count; i++) _networks.Add(NetworkAdapter.Open(_options.Networks[i], _options.Id, i));
        if (_options.VsockPath is { } path) _vsock = new VsockListener(path);
    }

    private void Unplug()
    {
        foreach (var adapter in _networks) adapter.Port.Dispose();
        _networks = [];
        _vsock?.Dispose();
        _vsock = null;
    }

    private void PowerDown()
    {
        if (_platform is null) return;
        _processors!.Stop();
        _lastCounters = CountersOf(_platform);
        _platform.Dispose();
        _platform = null;
        _processors = null;
    }

    private static ProcessorCounters[] CountersOf(PcPlatform platform) => [.. platform.Processors.Select(p => p.Counters)];

    private void End(MachineState last, string? why)
    {
        _reason = why;
        Unplug();
        _disks?.Dispose();
        _console.Dispose();
        _agent.Dispose();
        Enter(last);
    }

    private void Enter(MachineState next)
    {
        _state = next;
        _events.Raise(next);
    }
}

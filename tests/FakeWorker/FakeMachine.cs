using System.Diagnostics;
using System.Text;
using VirtEngine.Balloons;
using VirtEngine.Channels;
using VirtEngine.Disks;
using VirtEngine.Hypervisors;
using VirtEngine.Machines;
using VirtEngine.Measures;

namespace FakeWorker;

/// <summary>A machine without a processor. Its console takes words: crash, exit, flood, restart-agent, die; it echoes all others.</summary>
internal sealed class FakeMachine(FakeScript script) : IMachine
{
    private readonly FakeChannel _console = new(open: true);
    private readonly FakeChannel _agent = new(open: false);
    private readonly Lock _gate = new();
    private readonly Stopwatch _clock = new();
    private FakeAgent? _serving;

    public event Action<MachineState>? StateChanged;

    public MachineState State { get; private set; } = MachineState.Starting;

    public string? Reason { get; private set; }

    public string Hypervisor => "fake";

    public IGuestChannel Console => _console;

    public IGuestChannel Agent => _agent;

    public BalloonControl Balloon { get; } = new();

    /// <summary>A machine that does the same in every second: a hundred port accesses, ten sleeps, and a write of 4 KiB that takes 2 ms.</summary>
    public MachineCounters Measure()
    {
        var run = _clock.Elapsed;
        var seconds = run.TotalSeconds;
        return new()
        {
            Moment = MachineCounters.Now,
            GuestTime = run,
            Processors = [new(new ProcessorCounters(0, (long)(100 * seconds), 0, (long)(20 * seconds), (long)(10 * seconds)), run / 4)],
            Disks = [new("root", [new(BlockOperation.Write, (long)seconds, 0, (long)seconds * 4096, (long)seconds * TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(2))])],
            Networks = [new("02:00:00:00:00:01", IsUp: true, (long)seconds, (long)seconds * 60, 0, 0, 0, 0, 0)],
            Memory = MemorySample.Of(512 << 20, Balloon),
        };
    }

    public void Start()
    {
        _clock.Start();
        Balloon.TargetChanged = () => Balloon.ActualPages = Balloon.TargetPages;
        Enter(MachineState.Running);
        _ = Task.Run(RunConsoleAsync);
        if (script.Agent)
        {
            StartAgent();
        }
    }

    public void Pause() => Enter(MachineState.Paused);

    public void Resume() => Enter(MachineState.Running);

    public void PressPowerButton()
    {
        if (script.Obeys)
        {
            Enter(MachineState.Stopped);
        }
    }

    public void TurnOff() => Enter(MachineState.Stopped);

    public void Dispose()
    {
        _serving?.Dispose();
        _console.End();
        _agent.End();
    }

    private void StartAgent()
    {
        _agent.Open();
        _serving = new(_agent.GuestReader, _agent.GuestWriter, PressPowerButton);
    }

    private async Task RunConsoleAsync()
    {
        var writer = _console.GuestWriter;
        if (script.Say.Length > 0)
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(script.Say + "\n"));
        }

        using var reader = new StreamReader(new EnterKeys(_console.GuestReader));
        while (await reader.ReadLineAsync() is { } word)
        {
            switch (word)
            {
                case "crash":
                    Reason = "The guest's processor 0 met a triple fault.";
                    Enter(MachineState.Failed);
                    break;
                case "exit":
                    Enter(MachineState.Stopped);
                    break;
                case "die":
                    Environment.FailFast("the worker dies");
                    break;
                case "restart-agent":
                    _serving?.Dispose();
                    _agent.Close();
                    StartAgent();
                    break;
                case "flood":
                    var line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
                    for (var i = 0; i < 12 << 10; i++)
                    {
                        await writer.WriteAsync(line);
                    }

                    await writer.WriteAsync("flooded\n"u8.ToArray());
                    break;
                default:
                    await writer.WriteAsync(Encoding.UTF8.GetBytes($"you said {word}\n"));
                    break;
            }
        }
    }

    private void Enter(MachineState state)
    {
        lock (_gate)
        {
            if (State is MachineState.Stopped or MachineState.Failed || State == state)
            {
                return;
            }

            State = state;
        }

        StateChanged?.Invoke(state);
    }
}

using System.Text;
using VirtEngine.Channels;
using VirtEngine.Hypervisors;
using VirtEngine.Machines;

namespace FakeWorker;

/// <summary>A machine without a processor. Its console takes words: crash, exit, flood, restart-agent, die; it echoes all others.</summary>
internal sealed class FakeMachine(FakeScript script) : IMachine
{
    private readonly FakeChannel _console = new(open: true);
    private readonly FakeChannel _agent = new(open: false);
    private readonly Lock _gate = new();
    private FakeAgent? _serving;

    public event Action<MachineState>? StateChanged;

    public MachineState State { get; private set; } = MachineState.Starting;

    public string? Reason { get; private set; }

    public string Hypervisor => "fake";

    public IGuestChannel Console => _console;

    public IGuestChannel Agent => _agent;

    public IReadOnlyList<ProcessorCounters> Counters => [];

    public void Start()
    {
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

        using var reader = new StreamReader(_console.GuestReader);
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

using System.Diagnostics;
using System.Text;
using VirtEngine.GuestAgent;
using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>A machine in this process that boots the Debian guest, with its console recorded and its agent connected.</summary>
internal sealed class LinuxMachine : IAsyncDisposable
{
    /// <summary>How long anything may take on a busy computer before it counts as hung.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>For the command line: the kernel tries its ciphers and digests as it boots. They are much of what a processor can do.</summary>
    internal const string SelfTests = "cryptomgr.notests=0";

    private readonly Stopwatch _sinceStart = new();

    private LinuxMachine(MachineOptions options)
    {
        Options = options;
        Machine = Machine.Create(options);
        Agent = new GuestAgentClient(Machine.Agent);
    }

    internal MachineOptions Options { get; }

    internal Machine Machine { get; }

    internal GuestAgentClient Agent { get; }

    internal ConsoleRecorder Console { get; private set; } = null!;

    /// <summary>When the guest first opened the agent's port, counted from the start.</summary>
    internal TimeSpan? AgentOpened { get; private set; }

    /// <summary>Starts a machine and does not wait.</summary>
    internal static LinuxMachine Start(
        int processors = 1, ulong mebibytes = 256, string commandLine = "", IReadOnlyList<NetworkAdapterOptions>? networks = null,
        string? vsockPath = null)
    {
        var image = LinuxGuest.Image;
        return Start(new MachineOptions
        {
            Id = Guid.NewGuid(),
            Name = "linux",
            Processors = processors,
            Memory = mebibytes << 20,
            Kernel = image.KernelPath,
            Initrd = image.InitrdPath,
            CommandLine = $"{image.CommandLine} {commandLine}".TrimEnd(),
            Networks = networks ?? [],
            VsockPath = vsockPath,
        });
    }

    /// <summary>Starts a machine of one's own and does not wait.</summary>
    internal static LinuxMachine Start(MachineOptions options)
    {
        var machine = new LinuxMachine(options);
        machine.Agent.OpenChanged += open => { if (open) machine.AgentOpened ??= machine._sinceStart.Elapsed; };
        machine._sinceStart.Start();
        machine.Console = new ConsoleRecorder(machine.Machine.Console);
        machine.Machine.Start();
        return machine;
    }

    /// <summary>Starts a machine and waits for its agent's answer.</summary>
    internal static async Task<LinuxMachine> BootAsync(
        int processors = 1, ulong mebibytes = 256, string commandLine = "", IReadOnlyList<NetworkAdapterOptions>? networks = null,
        string? vsockPath = null)
    {
        return await BootAsync(Start(processors, mebibytes, commandLine, networks, vsockPath));
    }

    /// <summary>Starts a machine of one's own and waits for its agent's answer.</summary>
    internal static Task<LinuxMachine> BootAsync(MachineOptions options) => BootAsync(Start(options));

    private static async Task<LinuxMachine> BootAsync(LinuxMachine machine)
    {
        try
        {
            await machine.WaitForAgentAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the agent's answer.</summary>
    /// <exception cref="TimeoutException">It did not come; the message shows console and processors.</exception>
    internal async Task WaitForAgentAsync()
    {
        await WaitUntilAsync(() => Agent.IsOpen || Machine.State is MachineState.Failed or MachineState.Stopped, "The agent's port was not opened");
        if (!Agent.IsOpen) throw new InvalidOperationException(Describe("The machine ended before its agent came"));
        await Agent.PingAsync(Patience, CancellationToken.None);
    }

    internal Task WaitForStateAsync(MachineState state) =>
        WaitUntilAsync(() => Machine.State == state || Machine.State == MachineState.Failed, $"It did not become {state}");

    internal async Task WaitUntilAsync(Func<bool> condition, string complaint)
    {
        var limit = Stopwatch.StartNew();
        while (!condition())
        {
            if (limit.Elapsed > Patience) throw new TimeoutException(Describe(complaint));
            await Task.Delay(25);
        }
    }

    /// <summary>Runs a script in busybox's shell.</summary>
    internal Task<GuestCommandResult> RunAsync(string script, byte[]? input = null) => ExecuteAsync("/bin/sh", ["-c", script], input);

    internal Task<GuestCommandResult> ExecuteAsync(string path, string[] arguments, byte[]? input = null) =>
        Agent.RunAsync(new GuestCommand { Path = path, Arguments = arguments, Input = input, Timeout = Patience }, CancellationToken.None);

    /// <summary>Runs a script that must succeed and gives its output without the last line's end.</summary>
    internal async Task<string> AskAsync(string script)
    {
        var result = await RunAsync(script);
        Assert.True(result.ExitCode == 0 && !result.TimedOut, $"'{script}' ended with {result}: {Encoding.UTF8.GetString(result.Error)}");
        return Encoding.UTF8.GetString(result.Output).TrimEnd('\n');
    }

    /// <summary>Runs a program of these instructions.</summary>
    internal async Task<GuestCommandResult> RunProgramAsync(Action<Iced.Intel.Assembler> code)
    {
        await WriteFileAsync("/tmp/program", LinuxProgram.Make(code));
        await AskAsync("chmod 700 /tmp/program");
        return await ExecuteAsync("/tmp/program", []);
    }

    internal async Task WriteFileAsync(string path, byte[] content)
    {
        long file = await Agent.OpenFileAsync(path, GuestFileMode.Create, CancellationToken.None);
        await Agent.WriteFileAsync(file, content, CancellationToken.None);
        await Agent.CloseFileAsync(file, CancellationToken.None);
    }

    internal async Task<byte[]> ReadFileAsync(string path)
    {
        long file = await Agent.OpenFileAsync(path, GuestFileMode.Read, CancellationToken.None);
        var content = new MemoryStream();
        while (await Agent.ReadFileAsync(file, 1 << 16, CancellationToken.None) is { Length: > 0 } part) content.Write(part);
        await Agent.CloseFileAsync(file, CancellationToken.None);
        return content.ToArray();
    }

    /// <summary>Waits for acpid: init starts it beside the agent.</summary>
    internal async Task WaitUntilPowerButtonListensAsync() =>
        await AskAsync("until for f in /proc/$(pidof acpid)/fd/*; do readlink $f; done 2>/dev/null | grep -q input; do usleep 20000; done");

    /// <summary>Asks the agent to shut down and waits for it.</summary>
    internal async Task PowerOffAsync()
    {
        await Agent.ShutDownAsync(GuestPowerAction.PowerDown, CancellationToken.None);
        await WaitForStateAsync(MachineState.Stopped);
        Assert.True(Machine.State == MachineState.Stopped, Describe("It did not stop"));
        Assert.Null(Machine.Reason);
    }

    /// <summary>What somebody needs who looks for the cause of a hang: state, processors' places and counters, console.</summary>
    internal string Describe(string complaint)
    {
        var text = new StringBuilder($"{complaint}: {Options.Processors} processors, {Options.Memory >> 20} MiB, {Machine.State}, {Machine.Reason}\n");
        foreach (var counters in Machine.Counters) text.Append($"  {counters}\n");
        if (Machine.State is MachineState.Running or MachineState.Stopping)
        {
            Machine.Pause();
            foreach (var state in Machine.ProcessorStates)
            {
                text.Append($"  RIP {state.InstructionPointer:x} flags {state.Flags:x} {state.Activity}, shadow {state.InterruptShadow}, "
                    + $"CR2 {state.Cr2:x} CR3 {state.Cr3:x}, TSC deadline {state.Msrs.GetValueOrDefault(0x6E0u):x}, RSP {state.Registers[4]:x}\n    APIC:");
                for (int register = 0; register < 0x400; register += 16)
                    if (BitConverter.ToUInt32(state.LocalApic, register) is var value and not 0) text.Append($" {register:x}={value:x}");
                text.Append('\n');
            }
            Machine.Resume();
        }
        return text.Append(Console.Text).ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        Machine.Dispose();
        await Console.End;
    }
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using VirtEngine.Images;
using VirtTools.Tests;

namespace VirtEngine.Tests.Images;

/// <summary>An image in QEMU, a machine that others wrote.</summary>
internal sealed class QemuGuest : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;
    private readonly StringBuilder _console = new();
    private Socket? _agent;

    internal QemuGuest(ImageRecord image, string commandLine)
    {
        string[] arguments =
        [
            "-accel", "tcg,thread=multi", "-cpu", "qemu64", "-smp", "2", "-m", "512", "-kernel", image.KernelPath, "-initrd", image.InitrdPath!,
            "-append", $"{image.CommandLine} {commandLine}", "-display", "none", "-vga", "none", "-nic", "none", "-no-reboot", "-serial", "stdio",
            "-device", "virtio-serial", "-device", "virtio-rng-pci",
            "-chardev", $"socket,path={_directory.Path}/agent,server=on,wait=off,id=agent", "-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0",
            "-qmp", $"unix:{_directory.Path}/qmp,server=on,wait=off",
        ];
        _process = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        _process.OutputDataReceived += (_, line) => { lock (_console) _console.Append(line.Data).Append('\n'); };
        _process.BeginOutputReadLine();
    }

    internal string Console
    {
        get { lock (_console) return _console.ToString(); }
    }

    internal void WaitForConsole(string text)
    {
        if (!SpinWait.SpinUntil(() => Console.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(60))) throw new TimeoutException($"'{text}' did not appear:\n{Console}");
    }

    internal void Type(string line) => _process.StandardInput.WriteLine(line);

    internal bool WaitForExit()
    {
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
        {
            return false;
        }

        _process.WaitForExit(); // Only this one waits for the last lines too.
        return true;
    }

    /// <summary>Connects to the agent and synchronises, so that what follows are answers to what follows.</summary>
    /// <remarks>QEMU drops what comes while no agent has the port open: a sync without an answer is sent again.</remarks>
    internal void Synchronize(int id)
    {
        // A new connection makes the agent open its port anew, in which a slow guest may hear nothing: seldom.
        const int attempts = 60, perConnection = 10;
        for (int attempt = 0; ; attempt++)
        {
            if (attempt % perConnection == 0)
            {
                _agent?.Dispose();
                _agent = Connect("agent");
            }
            _agent!.ReceiveTimeout = 2_000;
            Send(_agent, [0xFF, .. Encoding.UTF8.GetBytes($"{{\"execute\":\"guest-sync\",\"arguments\":{{\"id\":{id + attempt}}}}}\n")]);
            try
            {
                while (Receive()?["return"] is not JsonValue answer || !answer.TryGetValue(out int value) || value != id + attempt)
                {
                    // An error about the line that 0xFF cut off, or an answer to somebody before: a slow guest answers earlier attempts too.
                }
                _agent.ReceiveTimeout = 30_000;
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.TimedOut && attempt + 1 < attempts)
            {
                // Nobody was there to hear it.
            }
        }
    }

    internal void SendToAgent(string command) => Send(_agent!, Encoding.UTF8.GetBytes(command + "\n"));

    internal JsonNode Ask(string command)
    {
        SendToAgent(command);
        return Receive()!["return"]!;
    }

    internal (int ExitCode, string Output, string Errors) Execute(string script)
    {
        int pid = (int)Ask(new JsonObject
        {
            ["execute"] = "guest-exec",
            ["arguments"] = new JsonObject { ["path"] = "/bin/sh", ["arg"] = new JsonArray("-c", script), ["capture-output"] = true },
        }.ToJsonString())["pid"]!;
        while (true)
        {
            var status = Ask($"{{\"execute\":\"guest-exec-status\",\"arguments\":{{\"pid\":{pid}}}}}");
            if ((bool)status["exited"]!) return ((int)status["exitcode"]!, Decode(status["out-data"]), Decode(status["err-data"]));
            Thread.Sleep(20);
        }
    }

    internal void PressPowerButton()
    {
        using var monitor = Connect("qmp");
        Send(monitor, "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"system_powerdown\"}"u8.ToArray());
        WaitForExit();
    }

    public void Dispose()
    {
        _agent?.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }

    private Socket Connect(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Connect(new UnixDomainSocketEndPoint(Path.Combine(_directory.Path, name)));
        return socket;
    }

    private static void Send(Socket socket, byte[] bytes)
    {
        for (int done = 0; done < bytes.Length;) done += socket.Send(bytes.AsSpan(done));
    }

    private JsonNode? Receive()
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (true)
        {
            if (_agent!.Receive(one) == 0) throw new EndOfStreamException("The agent's port was closed.");
            if (one[0] == '\n') return JsonNode.Parse(line.ToArray());
            if (one[0] != 0xFF) line.Add(one[0]);
        }
    }

    private static string Decode(JsonNode? data) => data is null ? "" : Encoding.UTF8.GetString(Convert.FromBase64String((string)data!));
}

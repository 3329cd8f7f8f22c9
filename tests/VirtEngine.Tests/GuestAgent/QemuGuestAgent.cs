using System.Diagnostics;
using System.Net.Sockets;
using VirtTools.Tests;

namespace VirtEngine.Tests.GuestAgent;

/// <summary>Debian's qemu-ga on this computer, as the peer that the client must get along with.</summary>
internal sealed class QemuGuestAgent : IDisposable
{
    private const string Program = "/usr/sbin/qemu-ga";

    private readonly TemporaryDirectory _directory = new();
    private readonly Process _process;

    private QemuGuestAgent()
    {
        _process = Process.Start(new ProcessStartInfo(
            Program, ["-m", "unix-listen", "-p", SocketPath, "-t", _directory.Path, "-f", _directory["pid"]]) { RedirectStandardError = true })!;
    }

    public static bool IsInstalled => File.Exists(Program);

    private string SocketPath => _directory["qga.sock"];

    public static async Task<QemuGuestAgent> StartAsync()
    {
        var agent = new QemuGuestAgent();
        using var watcher = new FileSystemWatcher(agent._directory.Path);
        var made = new TaskCompletionSource();
        watcher.Created += (_, e) => Made(e.Name);
        watcher.EnableRaisingEvents = true;
        if (File.Exists(agent.SocketPath))
        {
            made.TrySetResult();
        }

        await made.Task.WaitAsync(TimeSpan.FromSeconds(20));
        return agent;

        void Made(string? name)
        {
            if (name == "qga.sock")
            {
                made.TrySetResult();
            }
        }
    }

    public async Task<SocketGuestChannel> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
                return new(socket);
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(20); // The name is there before the listening is.
            }
        }
    }

    /// <summary>Holds it still (SIGSTOP) or lets it go on (SIGCONT).</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }
}

/// <summary>A test that needs Debian's qemu-guest-agent (build.sh installs it).</summary>
internal sealed class QemuGuestAgentFactAttribute : FactAttribute
{
    public QemuGuestAgentFactAttribute()
    {
        if (!QemuGuestAgent.IsInstalled)
        {
            Skip = "qemu-guest-agent is not installed.";
        }
    }
}

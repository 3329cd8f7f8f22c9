using System.Diagnostics;
using VirtEngine.Hosts;
using VirtEngine.Machines;
using VirtFoundation.Launching;
using VirtFoundation.Store;

namespace VirtWorker.Tests;

/// <summary>A root with machines whose workers are real processes around machines that play scripts.</summary>
internal sealed class Lab : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;
    private readonly CancellationTokenSource _patience = new(Patience);

    public Lab(string? directory = null)
    {
        Root = VirtRoot.At(Path.Combine(directory ?? _directory, "root"));
        Host = NewHost();
    }

    public VirtRoot Root { get; }

    public LocalHost Host { get; }

    public CancellationToken Token => _patience.Token;

    /// <summary>Another shell, as it were.</summary>
    public LocalHost NewHost() => new(Root, new SessionLauncher(), () => WorkerLocator.Find(
        AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll"), Environment.GetEnvironmentVariable("DOTNET_ROOT")));

    public Guid Create(string script, string name = "m1") => Host.Create(new()
    {
        Name = name, Boot = new() { Kernel = "/boot/vmlinuz", CommandLine = script },
    });

    public async Task<Guid> StartAsync(string script, string name = "m1")
    {
        var id = Create(script, name);
        await Host.StartAsync(id, Token);
        return id;
    }

    public Task<MachineInfo> FindAsync(Guid id) => Host.GetMachineAsync(id, Token);

    public async Task<MachineState> StateAsync(Guid id) => (await FindAsync(id)).State;

    public async Task TypeAsync(Guid id, string line)
    {
        await using var connection = await Host.ConnectAsync(id, Token);
        await connection.WriteConsoleAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"), Token);
    }

    /// <summary>Kills a worker as the system's OOM killer would, and waits until its process is gone.</summary>
    public async Task KillAsync(Guid id)
    {
        using var process = Process.GetProcessById((await FindAsync(id)).ProcessId!.Value);
        process.Kill();
        await process.WaitForExitAsync(Token);
    }

    public void Dispose()
    {
        foreach (var machine in Host.GetMachinesAsync((_, _) => { }, CancellationToken.None).Result)
        {
            if (machine.ProcessId is { } id)
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit();
            }
        }

        _patience.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}

using System.Diagnostics;
using System.Runtime.Versioning;
using VirtEngine.Hosts;
using VirtEngine.Networks;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Launching;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtWorker.Tests;

/// <summary>Switches as processes of their own.</summary>
public sealed class SwitchLifeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CancellationTokenSource _patience = new(Lab.Patience);
    private readonly VirtRoot _root;
    private readonly LocalSwitchHost _host;

    public SwitchLifeTests()
    {
        _root = VirtRoot.At(_directory["root"]);
        _host = new(_root, new SessionLauncher(), () => WorkerLocator.Find(
            AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll"), Environment.GetEnvironmentVariable("DOTNET_ROOT")));
    }

    public void Dispose()
    {
        foreach (var one in _host.ListAsync((_, _) => { }, CancellationToken.None).Result) Kill(one);
        _patience.Dispose();
        _directory.Dispose();
    }

    private static void Kill(SwitchInfo found)
    {
        if (found.ProcessId is not { } id) return;
        using var process = Process.GetProcessById(id);
        process.Kill();
        process.WaitForExit();
    }

    private async Task WaitAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(5, _patience.Token);
    }

    private NetworkPort Plug(string name)
    {
        var store = new SwitchStore(_root);
        return new("test", () => store.FindNetworkSocket(name) is { } path ? SocketLink.TryConnect(path) : null);
    }

    [Fact]
    public async Task A_switch_starts_carries_frames_is_listed_and_stops()
    {
        var id = _host.Create(new() { Name = "lab" });
        Assert.Equal(SwitchState.Stopped, (await _host.GetAsync(id, _patience.Token)).State);
        await _host.StartAsync(id, _patience.Token);
        Assert.Equal(VirtErrorCode.SwitchRunning, (await Assert.ThrowsAsync<VirtException>(() => _host.StartAsync(id, _patience.Token))).Code);

        using NetworkPort one = Plug("lab"), other = Plug("LAB");
        await WaitAsync(() => one.IsUp && other.IsUp);
        // A connection stands before the switch has taken it.
        while ((await _host.GetAsync(id, _patience.Token)).PortCount < 2) await Task.Delay(5, _patience.Token);
        for (int i = 0; i < 20; i++)
        {
            byte[] frame = [.. Enumerable.Repeat((byte)0xFF, 6), 2, 0, 0, 0, 0, 1, 0x88, 0xB5, .. new byte[46]];
            frame.CopyTo(one.Append(frame.Length));
            one.Flush();
            var sent = i + 1;
            await WaitAsync(() => other.Counters.DroppedIn == sent);    // it came; no device takes it
        }
        var running = await _host.GetAsync(id, _patience.Token);
        Assert.Equal((SwitchState.Running, 2, 1), (running.State, running.Ports.Count, running.Addresses));
        Assert.Equal(20, running.Ports.Sum(port => port.FramesIn));
        Assert.Equal(20, running.Ports.Sum(port => port.FramesOut));

        await _host.StopAsync(id, _patience.Token);
        var stopped = await _host.GetAsync(id, _patience.Token);
        Assert.Equal((SwitchState.Stopped, null, null), (stopped.State, stopped.ProcessId, stopped.Reason));
        Assert.Empty(Directory.GetFiles(_root.SocketDirectory, $"{id:N}*"));
        Assert.Equal(
            [EventNames.Created, EventNames.WorkerStarted, EventNames.StopRequested, EventNames.WorkerEnded], _host.GetEvents(id).Select(found => found.Name));
        _host.Remove(id);
        Assert.Empty(_host.GetNames());
    }

    [Fact]
    public async Task A_killed_switch_shows_as_failed_and_its_machines_come_back_to_the_next()
    {
        var id = _host.Create(new() { Name = "lab" });
        await _host.StartAsync(id, _patience.Token);
        using var port = Plug("lab");
        await WaitAsync(() => port.IsUp);

        Kill(await _host.GetAsync(id, _patience.Token));
        await WaitAsync(() => !port.IsUp);
        var failed = await _host.GetAsync(id, _patience.Token);
        Assert.Equal(SwitchState.Failed, failed.State);
        Assert.Contains("ended unexpectedly", failed.Reason, StringComparison.Ordinal);

        await _host.StartAsync(id, _patience.Token);
        await WaitAsync(() => port.IsUp);
        Assert.Contains(_host.GetEvents(id), found => found.Name == EventNames.WorkerLost);

        // One of the same name that was made anew is found too.
        await _host.StopAsync(id, _patience.Token);
        _host.Remove(id);
        await WaitAsync(() => !port.IsUp);
        await _host.StartAsync(_host.Create(new() { Name = "lab" }), _patience.Token);
        await WaitAsync(() => port.IsUp);
    }

    [Fact]
    public async Task A_missing_uplink_is_told_to_who_starts_and_shown_afterwards()
    {
        var id = _host.Create(new() { Name = "office", Uplink = new() { Tap = "vt-missing" } });
        var failure = await Assert.ThrowsAsync<VirtException>(() => _host.StartAsync(id, _patience.Token));
        Assert.Equal(VirtErrorCode.NetworkUnavailable, failure.Code);
        if (OperatingSystem.IsLinux()) Assert.Contains("ip tuntap add dev vt-missing mode tap", failure.Message, StringComparison.Ordinal);
        var found = await _host.GetAsync(id, _patience.Token);
        Assert.Equal((SwitchState.Failed, failure.Message), (found.State, found.Reason));
        _host.Update(id, spec => spec with { Uplink = null });
        await _host.StartAsync(id, _patience.Token);
        Assert.Equal(SwitchState.Running, (await _host.GetAsync(id, _patience.Token)).State);
    }

    [LinuxFact]
    [UnsupportedOSPlatform("windows")]
    public async Task Its_sockets_are_their_owners_alone()
    {
        var id = _host.Create(new() { Name = "lab" });
        await _host.StartAsync(id, _patience.Token);
        var control = Path.Combine(_root.SocketDirectory, VirtRoot.SocketName(id));
        foreach (var path in (string[])[control, SwitchDirectory.NetworkSocket(control)])
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}

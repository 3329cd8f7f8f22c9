using System.Runtime.Versioning;
using System.Text;
using VirtEngine.Control;
using VirtEngine.Hosts;
using VirtEngine.Machines;
using VirtFoundation;
using VirtFoundation.Events;
using VirtTools.Tests;

namespace VirtWorker.Tests;

public sealed class MachineLifeTests : IDisposable
{
    private readonly Lab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    public async Task A_machine_starts_pauses_goes_on_and_shuts_down()
    {
        var id = _lab.Create("say=hello");
        Assert.Equal(MachineState.Stopped, await _lab.StateAsync(id));

        await _lab.Host.StartAsync(id, _lab.Token);
        var running = await _lab.FindAsync(id);
        await using (var connection = await _lab.Host.ConnectAsync(id, _lab.Token))
        {
            await connection.PauseAsync(_lab.Token);
            Assert.Equal(MachineState.Paused, await _lab.StateAsync(id));
            await Assert.ThrowsAsync<VirtException>(() => connection.PauseAsync(_lab.Token));
            await connection.ResumeAsync(_lab.Token);
            await connection.StopAsync(StopMode.ShutDown, TimeSpan.FromSeconds(30), thenTurnOff: false, _lab.Token);
        }

        var stopped = await _lab.FindAsync(id);
        Assert.Equal((MachineState.Running, "fake"), (running.State, running.Hypervisor));
        Assert.NotNull(running.Uptime);
        Assert.Equal((MachineState.Stopped, null, null), (stopped.State, stopped.ProcessId, stopped.Reason));
        Assert.Equal(
            ["Starting", "Running", "Paused", "Running", "Stopped"],
            _lab.Host.GetEvents(id).Where(found => found.Name == EventNames.StateChanged).Select(found => found.Detail));
        await _lab.Host.StartAsync(id, _lab.Token); // at once, with nothing in the way
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task A_guest_that_ignores_the_power_button_is_turned_off_after_its_time_or_left_alone()
    {
        var id = await _lab.StartAsync("power=ignore");
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);

        var failure = await Assert.ThrowsAsync<VirtException>(
            () => connection.StopAsync(StopMode.PowerButton, TimeSpan.FromMilliseconds(100), thenTurnOff: false, _lab.Token));
        Assert.Equal(VirtErrorCode.MachineStopTimeout, failure.Code);
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
        await connection.StopAsync(StopMode.ShutDown, TimeSpan.FromMilliseconds(100), thenTurnOff: true, _lab.Token);

        Assert.Equal(MachineState.Stopped, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task The_agent_shuts_the_guest_down_if_it_is_there()
    {
        var id = await _lab.StartAsync("agent=on");
        await _lab.Host.WaitAsync(id, WaitCondition.Agent, null, _lab.Token);
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);

        await connection.StopAsync(StopMode.Agent, TimeSpan.FromSeconds(30), thenTurnOff: false, _lab.Token);

        Assert.Equal(MachineState.Stopped, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task Stopping_by_an_agent_that_is_not_there_is_refused()
    {
        var id = await _lab.StartAsync("");
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);

        var failure = await Assert.ThrowsAsync<VirtException>(
            () => connection.StopAsync(StopMode.Agent, TimeSpan.FromSeconds(30), thenTurnOff: true, _lab.Token));

        Assert.Equal(VirtErrorCode.AgentNotConnected, failure.Code);
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task A_killed_worker_shows_as_failed_with_the_reason_and_the_machine_starts_again()
    {
        var id = await _lab.StartAsync("say=hello");
        var socket = Directory.GetFiles(_lab.Root.SocketDirectory, "*.sock").Single();

        await _lab.KillAsync(id);

        var failed = await _lab.FindAsync(id);
        Assert.Equal(MachineState.Failed, failed.State);
        Assert.Matches(@"The worker \(process \d+\) ended unexpectedly at 20\d\d-", failed.Reason);
        Assert.True(File.Exists(socket));
        Assert.Equal(
            VirtErrorCode.MachineNotRunning, (await Assert.ThrowsAsync<VirtException>(() => _lab.Host.ConnectAsync(id, _lab.Token))).Code);
        await _lab.Host.StartAsync(id, _lab.Token);
        Assert.Equal((MachineState.Running, null), ((await _lab.FindAsync(id)).State, (await _lab.FindAsync(id)).Reason));
        Assert.Contains(_lab.Host.GetEvents(id), found => found.Name == EventNames.WorkerLost);
    }

    [Fact]
    public async Task A_machine_whose_worker_was_killed_can_be_removed_with_its_socket()
    {
        var id = await _lab.StartAsync("");
        await _lab.KillAsync(id);

        _lab.Host.Remove(id);

        Assert.Empty(Directory.GetFiles(_lab.Root.SocketDirectory));
        Assert.Empty(Directory.GetDirectories(_lab.Root.MachinesDirectory));
    }

    [Fact]
    public async Task Who_waits_is_told_when_the_worker_is_killed()
    {
        var id = await _lab.StartAsync("");
        var waiting = _lab.Host.WaitAsync(id, WaitCondition.Agent, null, _lab.Token);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);

        await _lab.KillAsync(id);

        var failure = await Assert.ThrowsAsync<VirtException>(() => waiting);
        Assert.Equal(VirtErrorCode.MachineFailed, failure.Code);
        Assert.Contains("ended unexpectedly", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guest_that_crashes_shows_as_failed_with_its_reason()
    {
        var id = await _lab.StartAsync("");
        var end = _lab.Host.WaitAsync(id, WaitCondition.Stopped, null, _lab.Token);

        await _lab.TypeAsync(id, "crash");
        await end;

        var failed = await _lab.FindAsync(id);
        Assert.Equal((MachineState.Failed, "The guest's processor 0 met a triple fault."), (failed.State, failed.Reason));
        await _lab.Host.StartAsync(id, _lab.Token);
    }

    [Fact]
    public async Task Of_two_starts_at_once_one_wins_and_the_other_says_why_not()
    {
        var id = _lab.Create("");

        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ =>
        {
            try
            {
                await _lab.NewHost().StartAsync(id, _lab.Token);
                return null;
            }
            catch (VirtException e)
            {
                return e;
            }
        }));

        Assert.Single(results, result => result is null);
        Assert.All(results.Where(result => result is not null), result => Assert.Equal(VirtErrorCode.MachineRunning, result!.Code));
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
        Assert.Equal(VirtErrorCode.MachineRunning, Assert.Throws<VirtException>(() => _lab.Host.Remove(id)).Code);
    }

    [Theory]
    [InlineData("throw=missing", VirtErrorCode.BootFileNotFound, "/nowhere/vmlinuz")]
    [InlineData("throw=invalid", VirtErrorCode.BootFileInvalid, "no kernel")]
    [InlineData("throw=memory", VirtErrorCode.OutOfMemory, "m1")]
    [InlineData("throw=warp", VirtErrorCode.HypervisorUnavailable, "warp")]
    [InlineData("throw=die", VirtErrorCode.MachineStartFailed, "the worker dies while it builds")]
    public async Task A_machine_that_cannot_start_says_why_and_leaves_nothing_behind(string script, VirtErrorCode code, string word)
    {
        var id = _lab.Create(script);

        var failure = await Assert.ThrowsAsync<VirtException>(() => _lab.Host.StartAsync(id, _lab.Token));

        Assert.Equal(code, failure.Code);
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
        Assert.Equal(MachineState.Failed, await _lab.StateAsync(id));
        _lab.Host.Remove(id);
        Assert.Empty(Directory.GetFiles(_lab.Root.SocketDirectory));
    }

    [Fact]
    public async Task The_console_is_read_from_its_beginning_and_followed_to_the_end()
    {
        var id = await _lab.StartAsync("say=hello");
        await _lab.Host.WaitAsync(id, WaitCondition.Boot, null, _lab.Token);
        var text = new StringBuilder();
        var reading = Task.Run(async () =>
        {
            await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
            await foreach (var part in connection.ReadConsoleAsync(0, follow: true, _lab.Token))
            {
                text.Append(Encoding.UTF8.GetString(part.Data.Span));
            }
        });

        await _lab.TypeAsync(id, "wörd");
        await _lab.Host.WaitAsync(id, WaitCondition.Text, "said wörd", _lab.Token);
        await _lab.TypeAsync(id, "exit");
        await reading;

        Assert.Equal("hello\nyou said wörd\n", text.ToString());
        Assert.Equal(text.ToString(), string.Concat(_lab.Host.ReadConsole(id).Select(part => Encoding.UTF8.GetString(part.Data.Span))));
        Assert.Equal(MachineState.Stopped, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task A_console_that_floods_stays_bounded_and_does_not_stop_the_guest()
    {
        var id = await _lab.StartAsync("");

        await _lab.TypeAsync(id, "flood");
        await _lab.Host.WaitAsync(id, WaitCondition.Text, "flooded", _lab.Token);

        var parts = _lab.Host.ReadConsole(id);
        Assert.InRange(parts.Sum(part => part.Data.Length), 4 << 20, 8 << 20);
        Assert.True(parts[0].Offset > 0);
    }

    [Fact]
    public async Task The_agent_is_waited_for_also_when_earlier_runs_left_many_events()
    {
        var id = _lab.Create("agent=on");
        for (int run = 0; run < 4; run++)
        {
            await _lab.Host.StartAsync(id, _lab.Token);
            await _lab.Host.WaitAsync(id, WaitCondition.Agent, null, _lab.Token);
            await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
            await connection.StopAsync(StopMode.TurnOff, TimeSpan.Zero, thenTurnOff: true, _lab.Token);
        }
    }

    [Fact]
    public async Task Commands_run_by_the_agent_also_after_it_was_restarted()
    {
        var id = await _lab.StartAsync("agent=on");
        await _lab.Host.WaitAsync(id, WaitCondition.Agent, null, _lab.Token);
        await _lab.TypeAsync(id, "restart-agent");
        while (_lab.Host.GetEvents(id).Count(found => found.Name == EventNames.AgentReady) < 2)
        {
            await Task.Delay(20, _lab.Token);
        }

        await _lab.Host.WaitAsync(id, WaitCondition.Address, null, _lab.Token);
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
        var result = await connection.RunAsync(new() { Path = "cat", Input = new byte[400_000] }, _lab.Token);
        var late = await connection.RunAsync(new() { Path = "sleep", Arguments = ["60"], Timeout = TimeSpan.FromMilliseconds(100) }, _lab.Token);

        Assert.Equal((0, 400_000), (result.ExitCode, result.Output.Length));
        Assert.True(late.TimedOut);
        Assert.True(late.Ended);
        Assert.Equal("Fake OS 1", (await connection.GetOperatingSystemAsync(_lab.Token)).Name);
        Assert.True((await _lab.FindAsync(id)).AgentReady);
    }

    [Fact]
    public async Task Files_go_into_the_guest_and_come_back()
    {
        var id = await _lab.StartAsync("agent=on");
        await _lab.Host.WaitAsync(id, WaitCondition.Agent, null, _lab.Token);
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
        var content = new byte[300_001];
        new Random(3).NextBytes(content);
        var path = Path.Combine(_lab.Root.Directory, "in-guest");

        Assert.Equal(content.Length, await connection.CopyToGuestAsync(new MemoryStream(content), path, null, _lab.Token));
        var back = new MemoryStream();
        Assert.Equal(content.Length, await connection.CopyFromGuestAsync(path, back, null, _lab.Token));

        Assert.Equal(content, back.ToArray());
        Assert.Equal(
            VirtErrorCode.AgentRefused,
            (await Assert.ThrowsAsync<VirtException>(() => connection.CopyFromGuestAsync(path + "x", back, null, _lab.Token))).Code);
    }

    [Fact]
    public async Task A_worker_told_to_end_by_the_system_turns_its_machine_off_in_order()
    {
        var id = await _lab.StartAsync("");
        var end = _lab.Host.WaitAsync(id, WaitCondition.Stopped, null, _lab.Token);

        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{(await _lab.FindAsync(id)).ProcessId}"]))
        {
            await kill.WaitForExitAsync(_lab.Token);
        }

        await end;
        Assert.Equal((MachineState.Stopped, null), ((await _lab.FindAsync(id)).State, (await _lab.FindAsync(id)).Reason));
    }

    [Fact]
    public async Task An_order_to_stop_stands_when_who_gave_it_goes_away()
    {
        var id = await _lab.StartAsync("power=ignore");
        var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
        using var interrupt = new CancellationTokenSource(200);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => connection.StopAsync(StopMode.ShutDown, TimeSpan.FromSeconds(1), thenTurnOff: true, interrupt.Token));
        await connection.DisposeAsync();

        Assert.Equal(MachineState.Stopping, await _lab.StateAsync(id));
        await _lab.Host.WaitAsync(id, WaitCondition.Stopped, null, _lab.Token).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(MachineState.Stopped, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task Stopping_that_cannot_be_asked_for_leaves_a_paused_machine_paused()
    {
        var id = await _lab.StartAsync("");
        await using var connection = await _lab.Host.ConnectAsync(id, _lab.Token);
        await connection.PauseAsync(_lab.Token);

        await Assert.ThrowsAsync<VirtException>(
            () => connection.StopAsync(StopMode.Agent, TimeSpan.FromSeconds(5), thenTurnOff: true, _lab.Token));

        Assert.Equal(MachineState.Paused, await _lab.StateAsync(id));
    }

    [Fact]
    public async Task A_worker_that_cannot_open_its_socket_says_so_to_everybody()
    {
        var id = _lab.Create("");
        Directory.CreateDirectory(Path.Combine(_lab.Root.SocketPath(id), "in the way"));

        var refused = await Assert.ThrowsAsync<VirtException>(() => _lab.Host.StartAsync(id, _lab.Token));

        var failed = await _lab.FindAsync(id);
        Assert.Contains(".sock", refused.Message, StringComparison.Ordinal);
        Assert.Equal(MachineState.Failed, failed.State);
        Assert.Contains(".sock", failed.Reason, StringComparison.Ordinal);
        Directory.Delete(_lab.Root.SocketPath(id), recursive: true);
        await _lab.Host.StartAsync(id, _lab.Token);
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"formatVersion\":1,\"process\":7}")]
    public async Task A_damaged_record_of_the_last_run_keeps_nobody_from_starting_or_removing(string content)
    {
        var id = await _lab.StartAsync("");
        await _lab.KillAsync(id);
        var run = Path.Combine((await _lab.FindAsync(id)).Directory, "run.json");
        File.WriteAllText(run, content);

        var damaged = await _lab.FindAsync(id);
        await _lab.Host.StartAsync(id, _lab.Token);
        Assert.Equal(MachineState.Running, await _lab.StateAsync(id));
        await _lab.KillAsync(id);
        File.WriteAllText(run, content);
        _lab.Host.Remove(id);

        Assert.Equal(MachineState.Failed, damaged.State);
        Assert.Contains("run.json", damaged.Reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_lab.Root.SocketDirectory));
    }

    [Fact]
    public async Task A_worker_whose_socket_vanished_is_not_taken_for_one_that_starts()
    {
        var id = await _lab.StartAsync("");
        var process = (await _lab.FindAsync(id)).ProcessId;
        File.Delete(_lab.Root.SocketPath(id));
        var run = Path.Combine((await _lab.FindAsync(id)).Directory, "run.json");
        File.WriteAllText(run, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(run), "\"started\": \"20[0-9]{2}", "\"started\": \"2020"));

        var found = await _lab.FindAsync(id);
        var waiting = await Assert.ThrowsAsync<VirtException>(() => _lab.Host.WaitAsync(id, WaitCondition.Stopped, null, _lab.Token));

        Assert.Equal((MachineState.Running, process), (found.State, found.ProcessId));
        Assert.Contains("socket", found.Reason, StringComparison.Ordinal);
        Assert.Equal(VirtErrorCode.WorkerLost, waiting.Code);
        using (var lost = System.Diagnostics.Process.GetProcessById(process!.Value))
        {
            lost.Kill();
        }
    }

    [Fact]
    public async Task A_machine_can_be_removed_when_the_directory_of_its_socket_went_with_a_reboot()
    {
        var id = await _lab.StartAsync("");
        await _lab.KillAsync(id);
        Directory.Delete(_lab.Root.SocketDirectory, recursive: true);

        _lab.Host.Remove(id);

        Assert.Empty(_lab.Host.GetMachineNames());
    }

    [LinuxFact]
    public async Task The_lock_is_the_systems_own_whatever_the_runtime_is_told_about_locks()
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", "1");
        Guid id;
        try
        {
            id = await _lab.StartAsync("");
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_IO_DISABLEFILELOCKING", null);
        }

        Assert.Equal(VirtErrorCode.MachineRunning, Assert.Throws<VirtException>(() => _lab.Host.Remove(id)).Code);
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public async Task A_worker_has_a_session_of_its_own_and_little_memory()
    {
        var id = await _lab.StartAsync("");
        var process = (await _lab.FindAsync(id)).ProcessId!.Value;
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var rss = long.Parse(File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal($"{process}", fields[3]); // session
        Assert.InRange(rss, 1, 120 << 10); // KiB; the build that ships is measured by the benchmarks
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine((await _lab.FindAsync(id)).Directory, "worker.log")));
    }

    // A disk of a chosen size needs a mount; AtomicFileTests inject the failure everywhere.
    [RootFact]
    [SupportedOSPlatform("linux")]
    public async Task A_full_disk_is_said_and_the_machine_survives_it()
    {
        var disk = Directory.CreateTempSubdirectory("vt-disk-").FullName;
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "none", disk);
        try
        {
            using var lab = new Lab(disk);
            var id = await lab.StartAsync("agent=on");
            Fill(disk);

            var failure = Assert.Throws<VirtException>(() => lab.Create("", "m2"));
            await lab.TypeAsync(id, "words that find no room");
            await using (var connection = await lab.Host.ConnectAsync(id, lab.Token))
            {
                Assert.Equal(0, (await connection.RunAsync(new() { Path = "true" }, lab.Token)).ExitCode);
            }

            Assert.Equal(VirtErrorCode.StorageFailed, failure.Code);
            Assert.Equal(MachineState.Running, await lab.StateAsync(id));

            // Its log has no room either: stopping it must not end in a crash, nor starting it without a word about the disk.
            await lab.Host.StopAsync(await lab.FindAsync(id), StopMode.TurnOff, TimeSpan.Zero, thenTurnOff: true, lab.Token);
            Assert.Equal(MachineState.Stopped, await lab.StateAsync(id));
            Fill(disk); // The record of the run gave way.
            var refused = await Assert.ThrowsAsync<VirtException>(() => lab.Host.StartAsync(id, lab.Token));
            Assert.Equal(VirtErrorCode.StorageFailed, refused.Code);

            File.Delete(Path.Combine(disk, "ballast"));
            Assert.Equal(["m1"], (await lab.Host.GetMachinesAsync((_, e) => throw e, lab.Token)).Select(machine => machine.Name));
            await lab.Host.StartAsync(id, lab.Token);
            Assert.Equal(MachineState.Running, await lab.StateAsync(id));
        }
        finally
        {
            await RunAsync("umount", disk);
            Directory.Delete(disk);
        }
    }

    private static void Fill(string disk) => Assert.Throws<IOException>(() =>
    {
        using var ballast = new FileStream(Path.Combine(disk, "ballast"), FileMode.Append);
        ballast.Write(new byte[2 << 20]);
    });

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}

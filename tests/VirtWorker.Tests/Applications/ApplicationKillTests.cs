using System.Diagnostics;
using System.Globalization;
using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Interop;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtWorker.Tests.Applications;

/// <summary>
/// Workers that are killed at random moments of a start, a run and a stop: what earlier runs wrote is there, nothing runs or is mounted any
/// more, and the next start and the next reset work.
/// </summary>
public sealed class ApplicationKillTests
{
    private const int Kill = 9; // SIGKILL

    private static readonly int Rounds = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 100 : 3;

    // A value is written beside, then named: whoever looks sees a whole one.
    private const string Program = """
        #!/bin/sh
        cd /opt/counter
        if [ "$1" = show ]; then cat total 2>/dev/null; exit 0; fi
        echo "$1" > new && mv new total
        if [ "$1" = once ]; then exit 0; fi
        echo ready
        i=0
        while :; do i=$((i+1)); echo $i > step.new; mv step.new step; (sleep 0.01; echo $i > child) & wait; done
        """;

    [LinuxFact]
    public async Task Worker_that_is_killed_at_any_moment_leaves_what_was_and_the_next_start_and_reset_work()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("counter", LayerPlatform.Linux, new() { ["opt/counter/run"] = Program });
        WritablePolicy[] policies = [WritablePolicy.Keep, WritablePolicy.ResetOnExit, WritablePolicy.Memory];
        var ids = policies.ToDictionary(policy => policy, policy => lab.Create(new()
        {
            Name = $"{policy}", Layers = [new("counter")], Command = "/opt/counter/run", Writable = policy,
        }));
        var random = new Random(23);
        var killed = 0;
        for (var round = 0; round < Rounds; round++)
        {
            // In CI one of each moment.
            var (policy, moment) = (policies[random.Next(policies.Length)], (Moment)(round % 3));
            var id = ids[policy];
            var before = round.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(0, (await lab.RunAsync(id, "once")).ExitCode);
            var what = $"round {round}: {policy}, {moment}";
            killed += await RunAndKillAsync(lab, id, before, moment, random) ? 1 : 0;
            await lab.AssertNothingIsLeftAsync();

            var found = await lab.Host.GetAsync(id, lab.Token);
            while (LocalApplicationHost.IsRunning(found))
            {
                await Task.Delay(10, lab.Token); // The kernel shows nothing of a process any more before it is gone.
                found = await lab.Host.GetAsync(id, lab.Token);
            }

            Assert.True(found.State is ApplicationState.Failed or ApplicationState.Stopped, $"{what}: {found.State}, {found.Reason}");
            var total = (await lab.RunAsync(id, "show")).Output;
            if (policy == WritablePolicy.Keep)
            {
                Assert.True(total == "once" || total == before, $"{what}: '{total}'");
            }
            else
            {
                Assert.True(total.Length == 0, $"{what}: '{total}'");
            }

            Assert.Equal(ApplicationState.Stopped, (await lab.Host.GetAsync(id, lab.Token)).State);
            AssertNames(found.Directory, what);
            if (random.Next(3) == 0)
            {
                lab.Host.Reset(id);
                Assert.True((await lab.RunAsync(id, "show")).Output.Length == 0, what);
            }
        }

        Assert.True(killed > 0, $"Nothing was killed in {Rounds} rounds.");
        foreach (var id in ids.Values)
        {
            lab.Host.Remove(id);
        }

        Assert.Empty(Directory.GetDirectories(lab.Root.ApplicationsDirectory));
        Assert.Empty(Directory.GetFileSystemEntries(lab.Root.SocketDirectory));
        // The last worker's process lets go of the layers when it ends, a moment after it has recorded its end.
        var layer = lab.Layers.Find("counter").Id;
        for (var patience = Stopwatch.StartNew(); lab.Layers.IsHeld(layer) && patience.Elapsed < TimeSpan.FromSeconds(20);) await Task.Delay(20, lab.Token);
        Assert.False(lab.Layers.IsHeld(layer));
    }

    [LinuxFact]
    public async Task Reset_waits_for_a_worker_that_has_recorded_its_end_and_not_ended_yet()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("counter", LayerPlatform.Linux, new() { ["opt/counter/run"] = Program });
        var id = lab.Create("counter", "counter", "/opt/counter/run");
        await lab.RunAsync(id, "once");
        var worker = FileLock.Take(Path.Combine((await lab.Host.GetAsync(id, lab.Token)).Directory, "lock"), TimeSpan.FromSeconds(5));
        var watch = Stopwatch.StartNew();
        var ending = Task.Delay(300).ContinueWith(_ => worker.Dispose(), TaskScheduler.Default);
        lab.Host.Reset(id);
        Assert.True(watch.Elapsed >= TimeSpan.FromMilliseconds(290), $"{watch.Elapsed}");
        await ending;
        Assert.False(Directory.Exists(lab.Host.GetWritableTree(id)));
    }

    private enum Moment
    {
        Start,
        Run,
        Stop,
    }

    private static async Task<bool> RunAndKillAsync(ApplicationLab lab, Guid id, string text, Moment moment, Random random)
    {
        if (moment == Moment.Start)
        {
            var starting = lab.StartAsync(id, text);
            await Task.Delay(random.Next(0, 400));
            var isKilled = KillWorker(lab, random);
            if (await Record.ExceptionAsync(() => starting) is { } failure)
            {
                Assert.True(failure is VirtException, $"{failure}");
            }

            // It came through, or was too early.
            return (await EndAsync(lab, id, random)) || isKilled;
        }

        var program = await lab.StartAsync(id, text);
        await lab.ForTextAsync(id, program.Number, "ready");
        if (moment == Moment.Run)
        {
            await Task.Delay(random.Next(0, 300));
            Assert.True(KillWorker(lab, random));
            return true;
        }

        var stopping = lab.Host.StopAsync(id, TimeSpan.FromSeconds(10), thenKill: true, lab.Token);
        await Task.Delay(random.Next(0, 120));
        var hit = KillWorker(lab, random);
        if (await Record.ExceptionAsync(() => stopping) is { } lost)
        {
            Assert.True(lost is VirtException, $"{lost}");
        }

        return hit;
    }

    private static async Task<bool> EndAsync(ApplicationLab lab, Guid id, Random random)
    {
        var hit = false;
        while (LocalApplicationHost.IsRunning(await lab.Host.GetAsync(id, lab.Token)) || lab.FindProcesses().Count > 0)
        {
            hit |= KillWorker(lab, random);
            await Task.Delay(10, lab.Token);
        }

        return hit;
    }

    // The worker itself, or one of those that wait for it outside of its namespaces.
    private static bool KillWorker(ApplicationLab lab, Random random)
    {
        var candidates = lab.FindProcesses().Where(process => process.Command.Contains("VirtWorker", StringComparison.Ordinal)).ToList();
        return candidates.Count > 0 && Libc.Kill(candidates[random.Next(candidates.Count)].Id, Kill) == 0;
    }

    private static void AssertNames(string application, string what)
    {
        string[] known = ["application.json", "run.json", "lock", "worker.log", "w", "d", "l", "v", "t"];
        foreach (var name in Directory.GetFileSystemEntries(application).Select(path => Path.GetFileName(path)))
        {
            Assert.True(
                known.Contains(name) || name.StartsWith("events", StringComparison.Ordinal) || name.StartsWith("std", StringComparison.Ordinal), $"{what}: {name} is left");
        }
    }
}

using System.Runtime.Versioning;
using AppLayer.Capture;
using AppLayer.Tests.Registry.Text;
using AppLayer.Tests.Store;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Capture;

/// <summary>Captures around what is done by hand, in a directory that stands for the system's root.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CaptureSessionsTests : IDisposable
{
    private readonly CapturedSystem _system = new();

    public void Dispose() => _system.Dispose();

    [LinuxFact]
    public async Task What_an_administrator_does_by_hand_becomes_a_layer()
    {
        var capture = await _system.Start();
        _system.Install();
        var result = await _system.Sessions.StopAsync(capture.Id, new("app", "1.0", LayerPlatform.Linux));

        Assert.Empty(result.Problems);
        Assert.Equal(("app", "1.0", LayerPlatform.Linux), (result.Layer.Name, result.Layer.Version, result.Layer.Platform));
        Assert.Equal(CapturedSystem.Installed, _system.Describe(result.Layer.Id));
        Assert.Empty(_system.Sessions.List());
        Assert.Equal(["{Root}/var/log/app.log"], result.Removed.Single(removal => removal.Rule == "{Root}/var/log/**").Places);
    }

    [LinuxFact]
    public async Task A_layer_over_what_was_there_shows_what_is_there_now()
    {
        // By the other way round: what rsync sees of the base and the layer on top of it is what rsync sees of the system.
        var before = _system.CopyRoot("before");
        var capture = await _system.Start(digests: true);
        _system.Install();
        Directory.Delete(_system["var/log"], recursive: true);
        var result = await _system.Sessions.StopAsync(capture.Id, new("app", "1.0", LayerPlatform.Linux), new() { Include = ["{Root}/var/log"] });
        CapturedSystem.Apply(_system.Layers.TreeDirectory(result.Layer.Id), before);
        Assert.Equal(CapturedSystem.List(_system.Root), CapturedSystem.List(before));
    }

    [LinuxFact]
    public async Task A_capture_outlives_its_process_and_is_found_by_name()
    {
        var capture = await _system.Start();
        _system.Write("opt/a", "1");
        var later = new CaptureSessions(VirtRoot.At(_system.Home));
        var found = Assert.Single(later.List());
        Assert.Equal(capture with { Places = [] }, found with { Places = [] });
        Assert.Equal(found.Id, later.Find("BY-HAND").Id);
        var result = await later.StopAsync(found.Id, new("a", "1", LayerPlatform.Linux));
        Assert.Equal(1, result.Layer.Files);
    }

    [LinuxFact]
    public async Task A_byte_that_was_changed_under_the_old_times_is_captured()
    {
        _system.Write("etc/settings", "a=1\n");
        await _system.Settle();
        var capture = await _system.Start();
        var time = File.GetLastWriteTimeUtc(_system["etc/settings"]);
        File.WriteAllText(_system["etc/settings"], "a=2\n");
        File.SetLastWriteTimeUtc(_system["etc/settings"], time);
        var result = await _system.Sessions.StopAsync(capture.Id, new("a", "1", LayerPlatform.Linux));
        Assert.Equal(["{Root}", "{Root}/etc", "{Root}/etc/settings a=2\n"], _system.Describe(result.Layer.Id));
    }

    [LinuxFact]
    public async Task With_digests_only_what_is_other_is_captured()
    {
        _system.Write("etc/settings", "a=1\n");
        var capture = await _system.Start(digests: true);
        File.WriteAllText(_system["etc/settings"], "a=1\n");
        File.SetLastWriteTimeUtc(_system["etc/settings"], DateTime.UtcNow.AddDays(1));
        _system.Write("etc/new", "1");
        var result = await _system.Sessions.StopAsync(capture.Id, new("a", "1", LayerPlatform.Linux));
        Assert.Equal(["{Root}", "{Root}/etc", "{Root}/etc/new 1"], _system.Describe(result.Layer.Id));
    }

    [LinuxFact]
    public async Task A_change_in_the_moment_of_the_start_is_captured()
    {
        for (var i = 0; i < 5; i++)
        {
            _system.Write("etc/settings", "1");
            var capture = await _system.Start();
            File.WriteAllText(_system["etc/settings"], "2");
            var result = await _system.Sessions.StopAsync(capture.Id, new("a", $"{i}", LayerPlatform.Linux));
            Assert.Equal(1, result.Layer.Files);
        }
    }

    [LinuxFact]
    public async Task What_layers_have_no_place_for_is_told()
    {
        var capture = await _system.Start();
        Tool.Run("mkfifo", [_system["opt/pipe"]]);
        Tool.Run("bash", ["-c", $"echo 1 > '{_system["opt"]}'/$'a\\xff'"]);
        _system.Write("opt/file", "1");
        var result = await _system.Sessions.StopAsync(capture.Id, new("a", "1", LayerPlatform.Linux));
        Assert.Equal(2, result.Problems.Count);
        Assert.Contains(result.Problems, problem => problem.StartsWith("{Root}/opt/pipe: a Fifo", StringComparison.Ordinal));
        Assert.Contains(result.Problems, problem => problem.Contains(@"opt/a\xFF: its name is no UTF-8", StringComparison.Ordinal));
        Assert.Equal(1, result.Layer.Files);
    }

    [LinuxFact]
    public async Task Names_and_platforms_that_do_not_fit_are_refused_and_the_capture_stays()
    {
        var capture = await _system.Start();
        Assert.Equal(VirtErrorCode.CaptureNameInUse, (await Assert.ThrowsAsync<VirtException>(() => _system.Start("By-Hand"))).Code);
        Assert.Equal(VirtErrorCode.ParameterInvalid, (await Assert.ThrowsAsync<VirtException>(() => _system.Start("no name"))).Code);
        var error = await Assert.ThrowsAsync<VirtException>(() => _system.Sessions.StopAsync(capture.Id, new("a", "1", LayerPlatform.Windows)));
        Assert.Equal(VirtErrorCode.ParameterInvalid, error.Code);
        Assert.Equal(VirtErrorCode.CaptureNotFound, Assert.Throws<VirtException>(() => _system.Sessions.Find("other")).Code);
        Assert.Single(_system.Sessions.List());
        _system.Sessions.Remove(capture.Id);
        Assert.Empty(_system.Sessions.List());
        Assert.Equal(VirtErrorCode.CaptureNotFound, Assert.Throws<VirtException>(() => _system.Sessions.Remove(capture.Id)).Code);
    }

    [LinuxFact]
    public async Task A_stop_whose_layer_cannot_be_made_leaves_the_capture_to_be_stopped_again()
    {
        var capture = await _system.Start();
        _system.Install();
        _system.Commit("taken", "1");
        var error = await Assert.ThrowsAsync<VirtException>(() => _system.Sessions.StopAsync(capture.Id, new("taken", "1", LayerPlatform.Linux)));
        Assert.Equal(VirtErrorCode.LayerNameInUse, error.Code);
        Assert.False(Directory.Exists(Path.Combine(capture.Directory, "work")));
        var result = await _system.Sessions.StopAsync(capture.Id, new("app", "1", LayerPlatform.Linux));
        Assert.Equal(CapturedSystem.Installed, _system.Describe(result.Layer.Id));
    }

    [LinuxFact]
    public async Task A_stop_that_is_called_off_leaves_the_capture_as_it_was()
    {
        var capture = await _system.Start();
        _system.Install();
        foreach (var phase in new[] { CapturePhase.Scanning, CapturePhase.Collecting, CapturePhase.RemovingNoise, CapturePhase.Committing })
        {
            using var cancellation = new CancellationTokenSource();
            var progress = new Synchronous(done =>
            {
                if (done.Phase == phase)
                {
                    cancellation.Cancel();
                }
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => _system.Sessions.StopAsync(capture.Id, new("app", "1", LayerPlatform.Linux), null, progress, cancellation.Token));
            Assert.Empty(_system.Layers.List());
        }

        var result = await _system.Sessions.StopAsync(capture.Id, new("app", "1", LayerPlatform.Linux));
        Assert.Equal(CapturedSystem.Installed, _system.Describe(result.Layer.Id));
    }

    [LinuxFact]
    public async Task Whatever_step_of_a_start_fails_there_is_no_capture_and_the_next_one_sweeps()
    {
        for (var step = 1; ; step++)
        {
            var operations = new FailingStoreOperations((_, number) => number == step);
            var sessions = new CaptureSessions(VirtRoot.At(_system.Home), operations);
            var error = await Record.ExceptionAsync(() => _system.Start("a", false, sessions));
            if (!operations.Failed)
            {
                Assert.Null(error);
                Assert.True(step > 10);
                return;
            }

            // When its last step fails, the capture may be there; a name that is on the disk already is no lie.
            Assert.IsType<VirtException>(error);
            foreach (var capture in _system.Sessions.List())
            {
                Assert.Equal("FlushDirectory", operations.Steps.Last(name => name != "DeleteDirectory"));
                _system.Sessions.Remove(capture.Id);
            }

            _system.Sessions.Remove((await _system.Start("b")).Id);
            Assert.Equal(["names.lock"], Directory.GetFileSystemEntries(Path.Combine(_system.Home, "captures")).Select(path => Path.GetFileName(path)));
        }
    }

    /// <param name="isKilled">Whether no later step is taken either, as if the process were killed.</param>
    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whatever_step_of_a_stop_is_the_last_there_is_the_capture_or_the_layer(bool isKilled)
    {
        const int Checks = 12;
        var operations = new FailingStoreOperations((_, _) => false);
        for (var step = 1; step == 1 || operations.Failed;)
        {
            using var system = new CapturedSystem();
            var capture = await system.Start();
            system.Install();
            var isOver = false;
            for (; !isOver; step++)
            {
                operations = new FailingStoreOperations((_, number) => isKilled ? number >= step : number == step);
                var error = await Record.ExceptionAsync(
                    () => new CaptureSessions(VirtRoot.At(system.Home), operations).StopAsync(capture.Id, new("app", "1", LayerPlatform.Linux)));
                var (left, layers) = (system.Sessions.List(), system.Layers.List());
                Assert.True(error is null ? layers.Count == 1 : error is VirtException, $"step {step}: {error}");
                Assert.True(left.Count + layers.Count == 1, $"step {step}: {left.Count} captures, {layers.Count} layers");
                Assert.True(operations.Failed || step > 50, $"It ended after {step} steps.");
                isOver = layers.Count == 1;
                if (!isOver && step % Checks == 0)
                {
                    await system.Sessions.StopAsync(capture.Id, new("app", "1", LayerPlatform.Linux));
                    isOver = true;
                }
            }

            // The next command removes what is over.
            Assert.Equal(VirtErrorCode.CaptureNotFound, Assert.Throws<VirtException>(() => system.Sessions.Find("by-hand")).Code);
            system.Sessions.Remove((await system.Start()).Id);
            Assert.Equal(CapturedSystem.Installed, system.Describe(system.Layers.Find("app", "1").Id));
            Assert.Equal(["names.lock"], Directory.GetFileSystemEntries(Path.Combine(system.Home, "captures")).Select(path => Path.GetFileName(path)));
        }
    }

    [ToolFact("bash")]
    public async Task A_start_that_is_killed_leaves_no_capture_and_a_stop_no_layer()
    {
        for (var i = 0; i < 400; i++)
        {
            _system.Write($"usr/share/many/{i}", new string('x', 1000));
        }

        await KilledCaptures.Run(_system, rounds: 4);
    }

    private sealed class Synchronous(Action<CaptureProgress> report) : IProgress<CaptureProgress>
    {
        public void Report(CaptureProgress value) => report(value);
    }
}

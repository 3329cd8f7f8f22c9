using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Capture;
using AppLayer.Files;
using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;
using VirtWorker.Tests.Applications;

namespace VirtWorker.Tests.Captures;

/// <summary>Installers of Linux, which are scripts here, run over a fresh writable layer.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class LinuxCaptureTests : IDisposable
{
    private readonly ApplicationLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [RootFact]
    public async Task What_an_installer_changes_becomes_a_layer_and_the_system_stays_as_it_was()
    {
        var name = Unique();
        var result = await Make(name, "1", $"""
            mkdir -p /opt/{name}/empty && echo hello > /opt/{name}/file && ln -s file /opt/{name}/link
            echo log > /var/log/{name}.log; echo x > /usr/share/{name}.dpkg-new; mkdir /srv/{name} && rmdir /srv/{name}
            echo "$GREETING $1" > /etc/{name}.conf; touch /etc/hostname
            """, ["there"], new([new("GREETING", "hi")]));

        Assert.Equal((0, false), (result.ExitCode, result.RestartWanted));
        Assert.Equal(
            ["{Root}", "{Root}/etc", $"{{Root}}/etc/{name}.conf hi there", "{Root}/opt", $"{{Root}}/opt/{name}", $"{{Root}}/opt/{name}/empty",
                $"{{Root}}/opt/{name}/file hello", $"{{Root}}/opt/{name}/link"],
            Describe(result.Layer));
        Assert.Equal([$"{{Root}}/var/log/{name}.log"], result.Removed.Single(removal => removal.Rule == "{Root}/var/log/**").Places);
        Assert.Contains(result.Removed, removal => removal.Rule == "{Root}/**/*.dpkg-new");
        Assert.Contains(result.Removed, removal => removal.Source == NoiseSource.Untouched && removal.Places.Contains("{Root}/etc/hostname"));
        Assert.False(Path.Exists($"/opt/{name}") || Path.Exists($"/etc/{name}.conf") || Path.Exists($"/var/log/{name}.log"));
        Assert.True(_lab.Layers.ReadFiles(result.Layer.Id).TryGet("{Root}", out var root) && root.Mode == 0x1ed, "the root directory's mode");
        AssertNothingIsLeft();
    }

    [RootFact]
    public async Task An_update_is_the_old_layer_with_what_the_installer_changed()
    {
        var name = Unique();
        var old = await Make(name, "1", $"mkdir -p /opt/{name}/sub; cd /opt/{name}; echo 1 > kept; echo 1 > changed; echo 1 > gone; echo 1 > sub/old");
        var script = Script($"cd /opt/{name}; echo 2 > changed; rm gone; rm -r sub; mkdir sub; echo 2 > sub/new; echo 2 > added; mv kept moved; cp -a moved kept");
        var result = await Maker.MakeAsync(Spec(name, "2", script), new() { Updates = old.Layer.Id }, null, _lab.Token);
        Assert.Equal(
            ["{Root}", "{Root}/opt", $"{{Root}}/opt/{name}", $"{{Root}}/opt/{name}/added 2", $"{{Root}}/opt/{name}/changed 2", $"{{Root}}/opt/{name}/gone deleted",
                $"{{Root}}/opt/{name}/kept 1", $"{{Root}}/opt/{name}/moved 1", $"{{Root}}/opt/{name}/sub opaque", $"{{Root}}/opt/{name}/sub/new 2"],
            Describe(result.Layer));
        Assert.Equal("1", _lab.Layers.Find(name, "1").Version);
        Assert.DoesNotContain(_lab.Layers.Test(result.Layer.Id).Findings, finding => finding.Severity == FindingSeverity.Error);
        AssertNothingIsLeft();
    }

    [RootFact]
    public async Task An_installer_sees_the_layers_that_its_spec_names()
    {
        var name = Unique();
        await Make(name, "1", $"mkdir -p /opt/{name}; echo below > /opt/{name}/a");
        var spec = Spec($"{name}-on", "1", Script($"cat /opt/{name}/a > /opt/{name}/b"));
        var result = await Maker.MakeAsync(spec with { From = spec.From with { Layers = [new(name)] } }, null, null, _lab.Token);
        Assert.Equal(["{Root}", "{Root}/opt", $"{{Root}}/opt/{name}", $"{{Root}}/opt/{name}/b below"], Describe(result.Layer));
    }

    [RootFact]
    public async Task An_installer_that_fails_leaves_nothing_but_the_end_of_what_it_said()
    {
        var name = Unique();
        var error = await Assert.ThrowsAsync<VirtException>(() => Make(name, "1", $"mkdir /opt/{name}; echo working; echo no room >&2; exit 7"));
        Assert.Equal(VirtErrorCode.CaptureFailed, error.Code);
        Assert.Contains("ended with 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("no room", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();

        // Unless that is what it ends with when all is well.
        var result = await Maker.MakeAsync(Spec(name, "1", Script($"mkdir /opt/{name}; exit 7")), new() { SuccessExitCodes = [7] }, null, _lab.Token);
        Assert.Equal(7, result.ExitCode);
    }

    [RootFact]
    public async Task An_installer_that_changes_nothing_makes_no_layer()
    {
        var name = Unique();
        var error = await Assert.ThrowsAsync<VirtException>(() => Make(name, "1", $"echo > /var/log/{name}"));
        Assert.Equal(VirtErrorCode.CaptureFailed, error.Code);
        Assert.Contains("1 by {Root}/var/log/**", error.Message, StringComparison.Ordinal);
        AssertNothingIsLeft();
    }

    [RootFact]
    public async Task An_installer_that_takes_too_long_is_killed_with_all_that_it_started()
    {
        var name = Unique();
        var spec = Spec(name, "1", Script($"mkdir /opt/{name}; echo begun; setsid sleep 4321.5 & sleep 4321.5"));
        spec = spec with { From = spec.From with { Capture = spec.From.Capture! with { Timeout = TimeSpan.FromSeconds(3) } } };
        var error = await Assert.ThrowsAsync<VirtException>(() => Maker.MakeAsync(spec, null, null, _lab.Token));
        Assert.Equal(VirtErrorCode.CaptureTimeout, error.Code);
        Assert.Contains("begun", error.Message, StringComparison.Ordinal);
        Assert.False(Runs("4321.5"));
        AssertNothingIsLeft();
    }

    [RootFact]
    public async Task Whoever_calls_it_off_kills_the_installer()
    {
        using var cancellation = new CancellationTokenSource();
        var spec = Spec(Unique(), "1", Script("sleep 4322.5"));
        var making = Maker.MakeAsync(spec, null, null, cancellation.Token);
        while (!Runs("4322.5"))
        {
            Assert.False(making.IsCompleted, $"{making.Exception}");
            await Task.Delay(20, _lab.Token);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => making);
        Assert.False(Runs("4322.5"));
        AssertNothingIsLeft();
    }

    [RootFact]
    public async Task A_capture_that_is_killed_midway_leaves_nothing_once_the_next_command_ran()
    {
        var name = Unique();
        var script = Script($"mkdir -p /opt/{name}; for i in 1 2 3 4 5 6 7 8 9; do head -c 3000000 /dev/urandom > /opt/{name}/$i; sleep 0.05; done; sleep 0.1 # 4323.5");
        await Make($"{name}-first", "1", $"mkdir /opt/{name}-first"); // The control run is made once.
        var random = new Random(11);
        var rounds = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 40 : 3;
        for (var round = 0; round < rounds; round++)
        {
            using var process = StartAside(nameof(MakeAside), _lab.Root.Directory, name, $"{round}", script);
            await process.WaitForExitAsync(_lab.Token).WaitAsync(TimeSpan.FromMilliseconds(random.Next(300, 3500))).ContinueWith(_ => { }, TaskScheduler.Default);
            process.Kill();
            await process.WaitForExitAsync(_lab.Token);

            // The worker ends what it ran when its maker is gone; the next command takes the files.
            var watch = Stopwatch.StartNew();
            while (_lab.FindProcesses() is { Count: > 0 } running)
            {
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), string.Join('\n', running));
                await Task.Delay(20, _lab.Token);
            }

            foreach (var layer in _lab.Layers.List().Where(layer => layer.Name == name))
            {
                Assert.Equal(9, layer.Files);
                Assert.DoesNotContain(_lab.Layers.Test(layer.Id).Findings, finding => finding.Severity == FindingSeverity.Error);
            }

            await Make($"{name}-next", $"{round}", $"mkdir /opt/{name}-next");
            AssertNothingIsLeft();
        }
    }

    // Called by name, in a process of its own.
    internal static void MakeAside(string root, string name, string version, string script) =>
        new LayerMaker(VirtFoundation.Store.VirtRoot.At(root)).MakeAsync(Spec(name, version, script)).GetAwaiter().GetResult();

    private static Process StartAside(string method, params string[] arguments)
    {
        var assembly = typeof(LinuxCaptureTests).Assembly.Location;
        var settings = Path.ChangeExtension(assembly, null);
        return Process.Start(new ProcessStartInfo("dotnet", [
            "exec", "--depsfile", settings + ".deps.json", "--runtimeconfig", settings + ".runtimeconfig.json",
            Path.Combine(AppContext.BaseDirectory, "MethodRunner.dll"), assembly, typeof(LinuxCaptureTests).FullName!, method, .. arguments]))!;
    }

    private static string Unique() => string.Create(CultureInfo.InvariantCulture, $"vt-{Guid.NewGuid():N}")[..16];

    private static Layer Spec(string name, string version, string script) => new()
    {
        Name = name, Version = version, Platform = LayerPlatform.Linux, From = new() { Capture = new() { Command = script } },
    };

    private static bool Runs(string text) => Directory.GetDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Contains(text, StringComparison.Ordinal)
                && int.TryParse(Path.GetFileName(process), out var id) && id != Environment.ProcessId;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private LayerMaker Maker => new(_lab.Root);

    private string Script(string text)
    {
        var path = Path.Combine(_lab.Scratch, $"{Guid.NewGuid():N}.sh");
        File.WriteAllText(path, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private Task<CaptureResult> Make(string name, string version, string script, ValueList<string>? arguments = null, LabelDictionary? environment = null)
    {
        var spec = Spec(name, version, Script(script));
        return Maker.MakeAsync(
            spec with { From = new() { Capture = spec.From.Capture! with { Arguments = arguments ?? [], Environment = environment ?? LabelDictionary.None } } }, null, null, _lab.Token);
    }

    private IEnumerable<string> Describe(LayerInfo layer) => _lab.Layers.ReadFiles(layer.Id).Entries.Select(entry => entry.Path + entry.Kind switch
    {
        FileKind.File => " " + File.ReadAllText(Path.Combine(_lab.Layers.TreeDirectory(layer.Id), LayerLayout.Linux.PlaceOf(entry.Path))).Trim(),
        FileKind.Whiteout => " deleted",
        FileKind.Directory when entry.Opaque => " opaque",
        _ => "",
    });

    private void AssertNothingIsLeft()
    {
        Assert.Empty(Directory.GetDirectories(_lab.Root.ApplicationsDirectory));
        Assert.All(
            Directory.GetFileSystemEntries(Path.Combine(_lab.Root.Directory, "captures")), path => Assert.Equal("control", Path.GetFileName(path)));
    }
}

using System.Diagnostics;
using System.Text;
using AppLayer.Activation;
using AppLayer.Applications;
using AppLayer.Registry;
using AppLayer.Registry.Hive;
using VirtFoundation.Interop;
using VirtSpecs;

namespace VirtWorker.Tests.Applications;

/// <summary>Stories of applications for Windows, under Wine.</summary>
public sealed class WineApplicationTests(WineRoot wine) : IClassFixture<WineRoot>
{
    private const int Stop = 19; // SIGSTOP

    private const string Program = @"{ProgramFiles}\Demo\demo.bat";
    private const string Place = "drive_c/Program Files/Demo/demo.bat";

    [WineFact]
    public async Task Program_sees_its_files_and_registry_and_writes_to_its_own_layer_alone()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("demo");
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            [Place] = "@echo off\r\necho %cd% %1\r\nreg query HKCU\\Software\\Demo /v Color\r\nreg add HKCU\\Software\\Demo /v Color /d blue /f >nul\r\n"
                + "echo written > \"%ProgramFiles%\\Demo\\note.txt\"\r\nexit /b 5\r\n",
        }, Registry("CurrentUser", @"Software\Demo", "Color", "red"));
        var one = lab.Create(Unique("one"), name, Program, "x");
        var other = lab.Create(Unique("other"), name, Program, "x");

        var first = await lab.RunAsync(one);
        Assert.Equal(5, first.ExitCode);
        Assert.Contains(@"C:\Program Files\Demo x", first.Output, StringComparison.Ordinal);
        Assert.Contains("red", first.Output, StringComparison.Ordinal);
        Assert.Contains("blue", (await lab.RunAsync(one)).Output, StringComparison.Ordinal);
        Assert.Contains("red", (await lab.RunAsync(other)).Output, StringComparison.Ordinal);

        var tree = lab.Host.GetWritableTree(one);
        Assert.Equal(["drive_c"], Directory.GetFileSystemEntries(tree).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(tree, "drive_c/Program Files/Demo/note.txt")));
        Assert.Equal("blue", Value(HiveFile.Read(File.ReadAllBytes(Path.Combine(tree, "../registry.hiv"))), "CurrentUser", @"Software\Demo", "Color"));

        lab.Host.Reset(one);
        Assert.Contains("red", (await lab.RunAsync(one)).Output, StringComparison.Ordinal);
        await lab.AssertNothingIsLeftAsync();
    }

    [WineFact]
    public async Task Two_applications_run_from_one_path_at_the_same_time()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("twin");
        foreach (var version in (string[])["1", "2"])
        {
            lab.AddLayer(name, LayerPlatform.Windows, new()
            {
                [Place] = $"@echo off\r\necho version {version}\r\n:again\r\nif not exist C:\\go.txt goto again\r\necho went {version}\r\n",
            }, version: version);
        }

        var ids = new[] { "1", "2" }.Select(version => lab.Create(Unique($"twin{version}"), $"{name}@{version}", Program)).ToList();
        foreach (var id in ids)
        {
            var started = await lab.StartAsync(id);
            await lab.ForTextAsync(id, started.Number, "version");
        }

        foreach (var id in ids)
        {
            Assert.Equal(ApplicationState.Running, (await lab.Host.GetAsync(id, lab.Token)).State);
        }

        foreach (var id in ids)
        {
            // Another program joins each view.
            await lab.Host.StartAsync(id, new() { Command = "cmd", Arguments = ["/c", "echo x>C:\\go.txt"] }, null, lab.Token);
        }

        Assert.Equal("version 1\nwent 1", await lab.ReadAsync(ids[0], 1));
        Assert.Equal("version 2\nwent 2", await lab.ReadAsync(ids[1], 1));
        foreach (var id in ids)
        {
            await lab.Host.WaitForEndAsync(id, lab.Token);
        }

        await lab.AssertNothingIsLeftAsync();
    }

    [WineFact(Tool = "npm")]
    public async Task Node_for_Windows_runs_a_script_that_writes_files()
    {
        using var lab = new ApplicationLab(wine.Root);
        var node = NodePackage.Unpack(lab.Scratch);
        var tree = Path.Combine(lab.Scratch, "tree");
        var place = Directory.CreateDirectory(Path.Combine(tree, "drive_c/Program Files/nodejs")).FullName;
        File.Move(node, Path.Combine(place, "node.exe"));
        var name = Unique("node");
        lab.AddTree(name, LayerPlatform.Windows, tree);
        var id = lab.Create(Unique("node"), name, @"{ProgramFiles}\nodejs\node.exe", "-e");
        const string Script = @"require('fs').writeFileSync('C:\\Program Files\\nodejs\\note.txt', process.version); "
            + "console.log(process.version, process.platform, process.execPath); process.exitCode = 4";
        Assert.Equal((4, @"v18.20.8 win32 C:\Program Files\nodejs\node.exe"), await lab.RunAsync(id, Script) is var (code, said, _) ? (code, said) : default);
        Assert.Equal("v18.20.8", File.ReadAllText(Path.Combine(lab.Host.GetWritableTree(id), "drive_c/Program Files/nodejs/note.txt")));
    }

    [WineFact]
    public async Task Rules_hide_a_key_of_the_system_and_keep_one_over_a_reset()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("rules");
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            [Place] = "@echo off\r\nreg query HKLM\\Software\\Borland 2>nul\r\nreg query HKCU\\Software\\Kept /v Count 2>nul\r\n"
                + "reg query HKCU\\Software\\Lost /v Count 2>nul\r\nreg add HKCU\\Software\\Kept /v Count /d kept /f >nul\r\n"
                + "reg add HKCU\\Software\\Lost /v Count /d lost /f >nul\r\necho x > \"%USERPROFILE%\\Documents\\letter.txt\"\r\n"
                + "if exist \"%APPDATA%\\state.txt\" echo state\r\necho x > \"%APPDATA%\\state.txt\"\r\nexit /b 0\r\n",
        });
        var id = lab.Create(new()
        {
            Name = Unique("rules"),
            Layers = [new(name)],
            Command = Program,
            Rules =
            [
                new() { Path = @"HKLM\Software\Borland", Mode = IsolationMode.Hide },
                new() { Path = @"HKCU\Software\Kept", Mode = IsolationMode.Data },
            ],
        });
        Assert.DoesNotContain("Database Engine", (await lab.RunAsync(id)).Output, StringComparison.Ordinal);
        await lab.Host.UpdateAsync(id, spec => spec with { Rules = [.. spec.Rules.Skip(1)] }, lab.Token);
        var second = (await lab.RunAsync(id)).Output;
        Assert.Contains("Database Engine", second, StringComparison.Ordinal);
        Assert.Contains("kept", second, StringComparison.Ordinal);
        Assert.Contains("lost", second, StringComparison.Ordinal);
        Assert.Contains("state", second, StringComparison.Ordinal);

        lab.Host.Reset(id);
        var third = (await lab.RunAsync(id)).Output;
        Assert.Contains("kept", third, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", third, StringComparison.Ordinal);
        Assert.DoesNotContain("state", third, StringComparison.Ordinal);
    }

    [WineFact]
    public async Task What_a_killed_worker_could_not_keep_is_kept_by_the_next_command()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("crash");
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            [Place] = "@echo off\r\nreg add HKCU\\Software\\Demo /v Kept /d yes /f >nul\r\necho done\r\n:again\r\ngoto again\r\n",
        });
        var id = lab.Create(Unique("crash"), name, Program);
        await lab.StartAsync(id);
        await lab.ForTextAsync(id, 1, "done");
        // The worker stands still while wineserver ends and writes the registry; then it is killed.
        using var worker = Process.GetProcessById((await lab.Host.GetAsync(id, lab.Token)).ProcessId!.Value);
        _ = Libc.Kill(worker.Id, Stop);
        foreach (var server in lab.FindProcesses().Where(process => process.Command.Contains("wineserver", StringComparison.Ordinal)))
        {
            _ = Libc.Kill(server.Id, Libc.SIGTERM);
        }

        while (lab.FindProcesses().Any(process => process.Command.Contains("wineserver", StringComparison.Ordinal)))
        {
            await Task.Delay(20, lab.Token);
        }

        worker.Kill();
        await lab.AssertNothingIsLeftAsync();

        var found = await lab.Host.GetAsync(id, lab.Token);
        Assert.Equal(ApplicationState.Failed, found.State);
        Assert.Contains("ended unexpectedly", found.Reason, StringComparison.Ordinal);
        Assert.Equal("yes", Value(HiveFile.Read(File.ReadAllBytes(Path.Combine(found.Directory, "w", "registry.hiv"))), "CurrentUser", @"Software\Demo", "Kept"));
        Assert.DoesNotContain(Directory.GetFiles(lab.Host.GetWritableTree(id)), path => path.EndsWith(".reg", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(found.Directory, "w", "registry.hiv.pending")));
    }

    [WineFact]
    public async Task Name_without_a_place_is_the_working_directorys_program_or_the_systems_and_is_started_by_nobody_else()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("names");
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            ["drive_c/Own/Cmd.bat"] = "@exit /b 7\r\n",
            ["drive_c/Own/wait.bat"] = "@echo off\r\necho waiting\r\n:again\r\nif not exist C:\\go.txt goto again\r\nexit /b 4\r\n",
        });
        var id = lab.Create(Unique("names"), name, "cmd", "/c", @"C:\Own\wait.bat");
        var waiting = await lab.StartAsync(id);
        await lab.ForTextAsync(id, waiting.Number, "waiting");
        Assert.Contains(lab.FindProcesses(), process => process.Command.Contains(@"C:\windows\system32\cmd.exe /c C:\Own\wait.bat", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(lab.FindProcesses(), process => process.Command.Contains("start.exe", StringComparison.OrdinalIgnoreCase));

        var own = await lab.Host.StartAsync(id, new() { WorkingDirectory = @"C:\Own" }, null, lab.Token);
        Assert.Equal(7, await lab.Host.WaitAsync(id, own.Number, lab.Token));
        await lab.Host.StartAsync(id, new() { Arguments = ["/c", "echo x>C:\\go.txt"], Command = "cmd.exe" }, null, lab.Token);
        Assert.Equal(4, await lab.Host.WaitAsync(id, waiting.Number, lab.Token));
        await lab.Host.WaitForEndAsync(id, lab.Token);
    }

    [WineFact]
    public async Task Wines_event_log_holds_up_no_start_and_runs_when_somebody_asks()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("services");
        lab.AddLayer(name, LayerPlatform.Windows, new() { [Place] = "@sc query Eventlog\r\n@net start Eventlog\r\n@sc query Eventlog\r\n" });
        var (_, output, _) = await lab.RunAsync(lab.Create(Unique("services"), name, Program));
        Assert.Matches("(?s)STATE +: 1 .*started successfully.*STATE +: 4 ", output);
    }

    [WineFact]
    public async Task Stop_ends_a_program_and_keeps_its_registry()
    {
        using var lab = new ApplicationLab(wine.Root);
        var name = Unique("stop");
        lab.AddLayer(name, LayerPlatform.Windows, new()
        {
            [Place] = "@echo off\r\nreg add HKLM\\Software\\Demo /v Kept /d yes /f >nul\r\necho done\r\n:again\r\ngoto again\r\n",
        });
        var id = lab.Create(Unique("stop"), name, Program);
        await lab.StartAsync(id);
        await lab.ForTextAsync(id, 1, "done");
        await lab.Host.StopAsync(id, TimeSpan.FromSeconds(1), thenKill: true, lab.Token);
        Assert.Equal(ApplicationState.Stopped, (await lab.Host.GetAsync(id, lab.Token)).State);
        var hive = HiveFile.Read(File.ReadAllBytes(Path.Combine(lab.Host.GetWritableTree(id), "../registry.hiv")));
        Assert.Equal("yes", Value(hive, "Machine", @"Software\Demo", "Kept"));
        await lab.AssertNothingIsLeftAsync();
    }

    [WineFact]
    public async Task Installer_runs_in_a_temporary_application_and_leaves_what_it_changed()
    {
        using var lab = new ApplicationLab(wine.Root);
        var script = Path.Combine(lab.Scratch, "setup.bat");
        File.WriteAllText(script, "@echo off\r\nmkdir \"%ProgramFiles%\\Made\"\r\necho x > \"%ProgramFiles%\\Made\\made.txt\"\r\n"
            + "reg add HKLM\\Software\\Made /ve /d here /f >nul\r\necho told\r\necho wrong 1>&2\r\nexit /b 3\r\n");
        var stack = new TemporaryStack { Platform = LayerPlatform.Windows };
        string directory;
        await using (var application = await TemporaryApplication.OpenAsync(wine.Root, stack, null, lab.Token))
        {
            Assert.Equal(3, await application.RunAsync(new() { Command = script, Environment = Environment() }, lab.Token));
            Assert.Equal("told", application.ReadAll(isError: false));
            Assert.Equal("wrong", application.ReadAll(isError: true));
            await application.EndAsync(lab.Token);
            directory = application.TreeDirectory;
            Assert.True(File.Exists(Path.Combine(directory, "drive_c/Program Files/Made/made.txt")));
            Assert.Equal("here", Value(application.ReadRegistry()!, "Machine", @"Software\Made", ""));
        }

        Assert.False(Directory.Exists(directory));
        Assert.DoesNotContain(await lab.Host.ListAsync((_, e) => throw e, lab.Token), one => one.Created > DateTime.UtcNow.AddMinutes(-1) && one.Directory == directory);
        await lab.AssertNothingIsLeftAsync();
    }

    [WineFact]
    public async Task Cancelled_installer_is_killed_and_leaves_nothing()
    {
        using var lab = new ApplicationLab(wine.Root);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(lab.Token);
        string directory;
        await using (var application = await TemporaryApplication.OpenAsync(wine.Root, new() { Platform = LayerPlatform.Windows }, null, lab.Token))
        {
            directory = application.TreeDirectory;
            var running = application.RunAsync(new() { Command = "cmd", Arguments = ["/c", "for /l %i in (0,0,1) do @rem"], Environment = Environment() }, cancel.Token);
            cancel.CancelAfter(TimeSpan.FromSeconds(1));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }

        Assert.False(Directory.Exists(directory));
        await lab.AssertNothingIsLeftAsync();
    }

    private static string Unique(string name) => $"{name}-{Guid.NewGuid():N}"[..20];

    private static Dictionary<string, string> Environment() => ProgramEnvironment.OfThisProcess();

    private static RegistryKey Registry(string root, string path, string name, string text)
    {
        var tree = new RegistryKey("");
        tree.Create($@"{root}\{path}").Set(new(name, RegistryValueType.String, Encoding.Unicode.GetBytes(text + "\0")));
        return tree;
    }

    private static string? Value(RegistryKey tree, string root, string path, string name) =>
        tree.Find($@"{root}\{path}") is { } key && key.TryGetValue(name, out var value) ? Encoding.Unicode.GetString(value.Data.Span).TrimEnd('\0') : null;
}

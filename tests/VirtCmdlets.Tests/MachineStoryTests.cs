using System.Management.Automation;
using System.Runtime.Versioning;
using VirtEngine.Hosts;
using VirtEngine.Machines;
using VirtEngine.Measures;
using VirtFoundation;
using VirtFoundation.Store;

namespace VirtCmdlets.Tests;

public sealed class MachineStoryTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_machine_lives_from_New_to_Remove()
    {
        var made = _shell.One<MachineInfo>("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'say=hello;agent=on' -Memory 128MB -Labels @{role='web'} -Notes x");
        Assert.Equal((MachineState.Stopped, "128MiB", "web"), (made.State, made.Memory.ToString(), made.Spec.Labels["role"]));

        Assert.Equal(MachineState.Running, _shell.One<MachineInfo>("Start-VirtMachine web01 -Wait Agent -Timeout 60s -PassThru").State);
        var result = _shell.One<VirtCommandResult>("Invoke-VirtCommand -Machine web01 -Command 'echo out; echo err >&2; exit 3'");
        Assert.Equal((3, "out\n", "err\n", "web01", false), (result.ExitCode, result.StdOut, result.StdErr, result.Machine, result.TimedOut));
        Assert.Equal("one\ntwo\n", _shell.One<VirtCommandResult>("Get-VirtMachine | Invoke-VirtCommand -Command 'cat' -InputObject 'one','two'").StdOut);
        Assert.Equal("a b|c", _shell.One<VirtCommandResult>("Invoke-VirtCommand web01 printf -ArgumentList '%s|%s','a b','c'").StdOut);
        Assert.True(_shell.One<VirtCommandResult>("Invoke-VirtCommand web01 'sleep 60' -Timeout 0.2").TimedOut);
        Assert.Equal(MachineState.Paused, _shell.One<MachineInfo>("Suspend-VirtMachine web01 -PassThru").State);
        Assert.Equal(MachineState.Running, _shell.One<MachineInfo>("Get-VirtMachine w* | Resume-VirtMachine -PassThru").State);
        _shell.Run("Send-VirtMachine web01 -Text abc");
        _shell.Run("Wait-VirtMachine web01 -For Text -Text 'you said abc'");
        Assert.Equal(["hello", "you said abc"], _shell.Run("Receive-VirtMachine web01"));
        Assert.Equal(["you said abc"], _shell.Run("Receive-VirtMachine web01 -Tail 1"));
        Assert.Equal(MachineState.Running, _shell.One<MachineInfo>("Restart-VirtMachine web01 -TurnOff -Force -PassThru").State);
        Assert.Equal(MachineState.Stopped, _shell.One<MachineInfo>("Stop-VirtMachine web01 -PassThru").State);
        Assert.Equal("web02", _shell.One<MachineInfo>("Set-VirtMachine web01 -NewName web02 -Processors 2 -PassThru").Name);
        Assert.Equal(["hello"], _shell.Run("Receive-VirtMachine web02"));
        var events = _shell.Run("Get-VirtEvent web02").Cast<VirtEvent>().ToList();
        Assert.Equal(Enumerable.Range(1, events.Count).Select(number => (long)number), events.Select(one => one.Sequence));
        Assert.Equal("Created", events[0].Event);
        _shell.Run("Remove-VirtMachine web02 -Confirm:$false");
        Assert.Empty(_shell.Run("Get-VirtMachine"));
    }

    [Fact]
    public void What_a_machine_does_is_measured()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /k | Start-VirtMachine; New-VirtMachine web02 -Kernel /k | Start-VirtMachine; New-VirtMachine off -Kernel /k");

        var measure = _shell.One<MachineMeasure>("Measure-VirtMachine web01 -Interval 2s");
        Assert.Equal(("web01", "fake"), (measure.Name, measure.Hypervisor));
        Assert.InRange(measure.Interval, TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(10));
        Assert.True(measure.GuestTime >= measure.Interval);
        Assert.InRange(measure.Exits.PerSecond, 90, 130); // The machine makes 110 a second.
        Assert.InRange(measure.Usage, 20, 30);
        var disk = Assert.Single(measure.Disks);
        Assert.Equal(("root", TimeSpan.FromMilliseconds(2), null), (disk.Name, disk.Write.AverageTime, disk.Read.AverageTime));
        Assert.Equal(disk.Write.Requests.Total * 4096, disk.Write.Bytes.Total);
        Assert.InRange(measure.Memory.Resident.Bytes, 1 << 20, 1 << 30);
        Assert.Null(measure.Memory.GuestFree);

        Assert.Equal(["web01", "web02", "web01", "web02"], _shell.Run("Get-VirtMachine web* | Measure-VirtMachine -Interval 0.1 -Count 2").Cast<MachineMeasure>().Select(one => one.Name));
        var result = _shell.Host.Run("Measure-VirtMachine * -Interval 0.1");
        Assert.StartsWith("MachineNotRunning,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Count);
        Assert.StartsWith("ParameterInvalid,", _shell.Fail("Measure-VirtMachine web01 -Interval 0").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Matches(@"web01 +\d\.00:00:\d\d +2\d\.\d +1\d\d ", string.Join('\n', _shell.Run("Measure-VirtMachine web01 | Format-Table | Out-String")));
    }

    [Fact]
    public async Task A_machine_that_ends_while_it_is_measured_is_told_and_left_out()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /k | Start-VirtMachine");
        var measuring = Task.Run(() => _shell.Host.Run("Measure-VirtMachine web01 -Interval 0.2 -Continuous"));
        await Task.Delay(4000);

        var other = new PipelineHost.ScriptHost();
        other.Import(Path.Combine(AppContext.BaseDirectory, "VirtTools.psd1"));
        Assert.Empty(other.Run("Stop-VirtMachine web01").Errors);

        var result = await measuring.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEmpty(result.Output);
        Assert.StartsWith("MachineNotRunning,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_running_machine_is_asked_to_do_without_memory()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /k -Memory 256MiB");
        Assert.StartsWith("MachineNotRunning,", _shell.Fail("Set-VirtMachine web01 -BalloonTarget 64MiB").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Null(_shell.One<MachineInfo>("Get-VirtMachine web01").BalloonTarget);
        _shell.Run("Start-VirtMachine web01");

        var machine = _shell.One<MachineInfo>("Set-VirtMachine web01 -BalloonTarget 64MiB -Notes x -PassThru");
        Assert.Equal(("64MiB", "64MiB", "x"), ($"{machine.BalloonTarget}", $"{machine.Balloon}", machine.Spec.Notes));
        Assert.Equal("64MiB", $"{_shell.One<MachineMeasure>("Measure-VirtMachine web01 -Interval 0.1").Balloon}");
        Assert.StartsWith("ParameterInvalid,", _shell.Fail("Set-VirtMachine web01 -BalloonTarget 256MiB").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("0B", $"{_shell.One<MachineInfo>("Set-VirtMachine web01 -BalloonTarget 0 -PassThru").Balloon}");
        Assert.Equal(["64MiB", "0B"], _shell.Run("Get-VirtEvent web01 -EventName BalloonSet").Cast<VirtEvent>().Select(one => one.Detail));
        Assert.Single(_shell.Run("Get-VirtEvent web01 -EventName Changed")); // -Notes; a balloon is no change of what it should be.
    }

    [Fact]
    public void Texts_and_bytes_are_typed_from_the_pipeline_too()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /k | Start-VirtMachine");

        _shell.Run("'one', 'two' | Send-VirtMachine web01");
        _shell.Run("Get-VirtMachine web01 | Send-VirtMachine -Text 'three', 'four'");
        _shell.Host.Set("keys", "ve\r"u8.ToArray());
        _shell.Run("Send-VirtMachine web01 'fi' -NoNewline; Send-VirtMachine web01 $keys");
        _shell.Run("Wait-VirtMachine web01 -For Text -Text 'you said five'");

        Assert.Equal(
            ["you said one", "you said two", "you said three", "you said four", "you said five"], _shell.Run("Receive-VirtMachine web01"));
    }

    [Fact]
    public void WhatIf_changes_nothing()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        foreach (var command in new[]
        {
            "New-VirtMachine web02 -Kernel /k -WhatIf", "Start-VirtMachine web01 -WhatIf", "Set-VirtMachine web01 -NewName x -WhatIf",
            "Remove-VirtMachine web01 -WhatIf",
        })
        {
            var result = _shell.Host.Run(command);
            Assert.Empty(result.Errors);
            Assert.Contains(result.Lines, line => line.StartsWith("What if:", StringComparison.Ordinal));
        }

        Assert.Equal(MachineState.Stopped, _shell.One<MachineInfo>("Get-VirtMachine").State);
    }

    [Theory]
    [InlineData("Get-VirtMachine nobody", VirtErrorCode.MachineNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("Get-VirtMachine -Id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", VirtErrorCode.MachineNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("Start-VirtMachine -Machine nobody", VirtErrorCode.MachineNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("New-VirtMachine WEB01 -Kernel /k", VirtErrorCode.MachineNameInUse, ErrorCategory.ResourceExists)]
    [InlineData("New-VirtMachine 'not a name' -Kernel /k", VirtErrorCode.SpecInvalid, ErrorCategory.InvalidData)]
    [InlineData("New-VirtMachine x -Kernel /k -Memory 1KB", VirtErrorCode.SpecInvalid, ErrorCategory.InvalidData)]
    [InlineData("Suspend-VirtMachine web01", VirtErrorCode.MachineNotRunning, ErrorCategory.InvalidOperation)]
    [InlineData("Invoke-VirtCommand web01 'true'", VirtErrorCode.MachineNotRunning, ErrorCategory.InvalidOperation)]
    [InlineData("Start-VirtMachine bad", VirtErrorCode.BootFileNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("Start-VirtMachine web01 -Wait Agent -Timeout 0.5", VirtErrorCode.MachineWaitTimeout, ErrorCategory.OperationTimeout)]
    [InlineData("Remove-VirtImage nothing -Confirm:$false", VirtErrorCode.ImageNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("Copy-VirtItem /no/such/file /tmp/ -ToMachine web01", VirtErrorCode.FileNotFound, ErrorCategory.ObjectNotFound)]
    [InlineData("Import-VirtSpec /no/such/file", VirtErrorCode.FileNotFound, ErrorCategory.ObjectNotFound)]
    public void Failures_are_reported_with_name_category_target_and_advice(string command, VirtErrorCode code, ErrorCategory category)
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        _shell.Run("New-VirtMachine bad -Kernel /boot/vmlinuz -CommandLine 'throw=missing'");

        var error = _shell.Fail(command);

        Assert.StartsWith($"{code},VirtCmdlets.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotNull(error.TargetObject);
        Assert.NotEmpty(error.ErrorDetails!.RecommendedAction);
    }

    [Fact]
    public void Files_are_copied_in_and_out_and_not_replaced_by_accident()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'agent=on'");
        _shell.Run("Start-VirtMachine web01 -Wait Agent");
        File.WriteAllText(_shell["source"], "content");

        _shell.Run($"Copy-VirtItem '{_shell["source"]}' '{_shell["in-guest"]}' -ToMachine web01");
        _shell.Run($"Copy-VirtItem '{_shell["in-guest"]}' '{_shell["back"]}' -FromMachine web01");

        Assert.Equal("content", File.ReadAllText(_shell["back"]));
        Assert.StartsWith(
            "FileExists,", _shell.Fail($"Copy-VirtItem '{_shell["in-guest"]}' '{_shell["back"]}' -FromMachine web01").FullyQualifiedErrorId,
            StringComparison.Ordinal);
        _shell.Run($"Copy-VirtItem '{_shell["in-guest"]}' '{_shell["back"]}' -FromMachine web01 -Force");

        Directory.CreateDirectory(_shell["many"]);
        File.WriteAllText(_shell["source[1]"], "a name like a pattern");
        _shell.Run($"Copy-VirtItem '{_shell["sour*"]}' '{_shell["many"]}/' -ToMachine web01");
        Assert.Equal(["source", "source[1]"], Directory.GetFiles(_shell["many"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        _shell.Run($"Copy-VirtItem '{_shell["source[1]"]}' '{_shell["one"]}' -ToMachine web01");
        Assert.Equal("a name like a pattern", File.ReadAllText(_shell["one"]));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Directories_are_copied_with_all_they_hold_as_Copy_Item_does_it()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'agent=on'");
        _shell.Run("Start-VirtMachine web01 -Wait Agent");
        Directory.CreateDirectory(_shell["tree/sub dir/empty"]);
        Directory.CreateDirectory(_shell["guest"]);
        var large = new byte[3_000_001];
        new Random(1).NextBytes(large);
        File.WriteAllBytes(_shell["tree/large"], large);
        File.WriteAllText(_shell["tree/sub dir/-x *"], "a name that a shell could misread");
        File.WriteAllText(_shell["tree/$(touch planted)"], "");
        File.SetUnixFileMode(_shell["tree/large"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(_shell["tree/loop"], _shell["tree"]);

        // Into a directory that is there; to a place that is not, which becomes the directory.
        var result = _shell.Host.Run($"Copy-VirtItem '{_shell["tree"]}' '{_shell["guest"]}' -ToMachine web01 -Recurse");
        Assert.Empty(result.Errors);
        Assert.Contains("is a link to a directory. It is left out.", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Equal(large, File.ReadAllBytes(_shell["guest/tree/large"]));
        Assert.True(Directory.Exists(_shell["guest/tree/sub dir/empty"]));
        Assert.Equal(File.GetUnixFileMode(_shell["tree/large"]), File.GetUnixFileMode(_shell["guest/tree/large"]));
        _shell.Run($"Copy-VirtItem '{_shell["guest/tree"]}' '{_shell["back"]}' -FromMachine web01 -Recurse");
        Assert.Equal(large, File.ReadAllBytes(_shell["back/large"]));
        Assert.Equal("a name that a shell could misread", File.ReadAllText(_shell["back/sub dir/-x *"]));
        Assert.True(Directory.Exists(_shell["back/sub dir/empty"]));
        Assert.True(File.Exists(_shell["back/$(touch planted)"]));
        Assert.Empty(Directory.GetFiles(_shell["x/.."], "*.part", SearchOption.AllDirectories));

        // Patterns on the guest's side mean files, with -Recurse directories too; names as they are by -LiteralPath.
        _shell.Run($"Copy-VirtItem '{_shell["guest/tree/sub dir/*"]}' '{_shell["globbed"]}/' -FromMachine web01");
        Assert.Equal(["-x *"], Directory.GetFileSystemEntries(_shell["globbed"]).Select(Path.GetFileName));
        _shell.Run($"Copy-VirtItem '{_shell["guest/t*"]}' '{_shell["globbed"]}' -FromMachine web01 -Recurse");
        Assert.True(File.Exists(_shell["globbed/tree/large"]));
        _shell.Run($"Copy-VirtItem -LiteralPath '{_shell["guest/tree/sub dir/-x *"]}' '{_shell["literal"]}' -FromMachine web01");
        Assert.Equal("a name that a shell could misread", File.ReadAllText(_shell["literal"]));
        Assert.Empty(_shell.Run($"Copy-VirtItem '{_shell["nothing*"]}' '{_shell["globbed"]}' -FromMachine web01"));
        // What Get-ChildItem gives has a FullName, which is no pattern; a text out of the pipeline is one.
        _shell.Run($"[pscustomobject]@{{FullName='{_shell["tree/sub dir/-x *"]}'}} | Copy-VirtItem -Destination '{_shell["guest/named"]}' -ToMachine web01");
        _shell.Run($"'{_shell["tree/sub dir/-*"]}' | Copy-VirtItem -Destination '{_shell["guest/tree"]}' -ToMachine web01");
        Assert.Equal("a name that a shell could misread", File.ReadAllText(_shell["guest/named"]));
        Assert.True(File.Exists(_shell["guest/tree/-x *"]));

        foreach (var (command, id) in new (string, string)[]
        {
            ($"Copy-VirtItem '{_shell["tree"]}' '{_shell["guest"]}' -ToMachine web01", "ParameterInvalid"),
            ($"Copy-VirtItem '{_shell["nowhere"]}' '{_shell["y"]}' -FromMachine web01 -Recurse", "AgentRefused"),
            ($"Copy-VirtItem '{_shell["nowhere"]}' '{_shell["y"]}' -FromMachine web01", "AgentRefused"),
            ($"Copy-VirtItem '{_shell["tree/*"]}' '{_shell["y"]}' -ToMachine web01 -Recurse", "ParameterInvalid"),
            ($"Copy-VirtItem '{_shell["tree/large"]}' '{_shell["no/such/place"]}' -ToMachine web01", "AgentRefused"),
            ($"Copy-VirtItem '{_shell["guest/tree/large"]}' '{_shell["literal"]}/below' -FromMachine web01", "FileExists"),
            ($"Copy-VirtItem '{_shell["guest/tree"]}' '{_shell["literal"]}' -FromMachine web01 -Recurse", "FileExists"),
        })
        {
            Assert.StartsWith($"{id},", _shell.Fail(command).FullyQualifiedErrorId, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_no_file_is_left_out_with_a_word()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'agent=on'");
        _shell.Run("Start-VirtMachine web01 -Wait Agent");
        Directory.CreateDirectory(_shell["odd"]);
        using (var made = System.Diagnostics.Process.Start("mkfifo", _shell["odd/pipe"]))
        {
            made.WaitForExit();
        }

        foreach (var command in (string[])[
            $"Copy-VirtItem '{_shell["odd"]}' '{_shell["there"]}' -ToMachine web01 -Recurse", $"Copy-VirtItem '{_shell["odd"]}' '{_shell["here"]}' -FromMachine web01 -Recurse",
            $"Copy-VirtItem '{_shell["odd/p*"]}' '{_shell["here"]}' -FromMachine web01", $"Copy-VirtItem '{_shell["odd/pipe"]}' '{_shell["there"]}/' -ToMachine web01"])
        {
            var result = _shell.Host.Run(command);
            Assert.Empty(result.Errors);
            Assert.Contains("is neither a file nor a directory. It is left out.", Assert.Single(result.Warnings), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_machine_is_found_by_any_object_that_tells_which_one_is_meant()
    {
        var machine = _shell.One<MachineInfo>("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        _shell.Host.Set("id", $"{machine.Id}");

        Assert.Equal("web01", _shell.One<MachineInfo>("[pscustomobject]@{Name='web01'} | Get-VirtMachine").Name);
        Assert.Equal("web01", _shell.One<MachineInfo>("[pscustomobject]@{Name='old name'; Id=$id} | Get-VirtMachine").Name);
        Assert.Equal("web01", _shell.One<MachineInfo>("Get-VirtMachine -Machine @([pscustomobject]@{Name='web01'})").Name);
        Assert.Equal(machine.Id, _shell.One<MachineInfo>("'web01' | Get-VirtMachine").Id);
        Assert.All(_shell.Run("Get-VirtEvent web01 | Get-VirtMachine"), found => Assert.Equal(machine.Id, ((MachineInfo)found!).Id));
        Assert.StartsWith(
            "MachineNotFound,", _shell.Fail("[pscustomobject]@{Name='nobody'} | Stop-VirtMachine").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Single(_shell.Host.Run("[pscustomobject]@{Colour='red'} | Get-VirtMachine").Errors);
    }

    [Fact]
    public void What_is_damaged_is_an_error_with_a_name_and_hides_nothing_else()
    {
        File.WriteAllText(_shell["file"], "");
        Environment.SetEnvironmentVariable("VIRTTOOLS_HOME", _shell["file"]);
        Assert.StartsWith("RootUnusable,", _shell.Fail("New-VirtMachine web01 -Kernel /k").FullyQualifiedErrorId, StringComparison.Ordinal);

        Environment.SetEnvironmentVariable("VIRTTOOLS_HOME", _shell["root"]);
        var machine = _shell.One<MachineInfo>("New-VirtMachine web01 -Kernel /k");
        _shell.Run("New-VirtMachine other -Kernel /k");
        var record = Path.Combine(machine.Directory, "machine.json");
        var whole = File.ReadAllText(record);
        File.WriteAllText(record, "{");
        Assert.StartsWith("StateFileDamaged,VirtCmdlets.", _shell.Fail("Get-VirtMachine").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("other", Assert.IsType<MachineInfo>(Assert.Single(_shell.Host.Run("Get-VirtMachine").Output)).Name);
        File.WriteAllText(record, whole);

        // What is known of the last run is not needed for the next.
        File.WriteAllText(Path.Combine(machine.Directory, "run.json"), "{");
        var damaged = _shell.One<MachineInfo>("Get-VirtMachine web01");
        Assert.Equal(MachineState.Failed, damaged.State);
        Assert.Contains("run.json", damaged.Reason, StringComparison.Ordinal);
        _shell.Run("Start-VirtMachine web01");
        Assert.Equal(MachineState.Running, _shell.One<MachineInfo>("Get-VirtMachine web01").State);
    }

    [Fact]
    public void Following_ends_when_nobody_wants_more()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        _shell.Run("Start-VirtMachine web01");

        Assert.Equal("Created", _shell.One<VirtEvent>("Get-VirtEvent web01 -Wait | Select-Object -First 1").Event);
        _shell.Run("Stop-VirtMachine web01");
        _shell.Run("Remove-VirtMachine web01 -Confirm:$false");
    }

    [Fact]
    public void Views_show_times_without_fractions_and_images_in_a_table()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz | Start-VirtMachine");

        Assert.Equal(TimeSpan.Zero, TimeSpan.FromTicks(_shell.One<MachineInfo>("Get-VirtMachine").Uptime!.Value.Ticks % TimeSpan.TicksPerSecond));
        Assert.Matches(@"Time \(UTC\)[\s\S]* 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ", string.Join('\n', _shell.Run("Get-VirtEvent web01 | Format-Table | Out-String")));
    }

    [Theory]
    [InlineData("Wait-VirtMachine web01 -For Agent -Timeout 1h")]
    [InlineData("Measure-VirtMachine web01 -Continuous -Interval 1h")]
    public async Task Ctrl_C_returns_at_once(string command)
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        _shell.Run("Start-VirtMachine web01");
        var waiting = Task.Run(() => _shell.Host.Run(command));
        await Task.Delay(500);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        _shell.Host.Stop();

        await Assert.ThrowsAsync<PipelineStoppedException>(() => waiting);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_copy_that_Ctrl_C_ended_leaves_nothing_half_done_here()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'agent=on'");
        _shell.Run("Start-VirtMachine web01 -Wait Agent");
        using (var endless = File.Create(_shell["endless"]))
        {
            endless.SetLength(1L << 36);
        }

        var copying = Task.Run(() => _shell.Host.Run($"Copy-VirtItem '{_shell["endless"]}' '{_shell["target"]}' -FromMachine web01"));
        while (!File.Exists(_shell["target.part"]) || new FileInfo(_shell["target.part"]).Length == 0)
        {
            Assert.False(copying.IsCompleted);
            await Task.Delay(20);
        }

        _shell.Host.Stop();

        await Assert.ThrowsAsync<PipelineStoppedException>(() => copying);
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); File.Exists(_shell["target.part"]); await Task.Delay(20))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
        }

        Assert.False(File.Exists(_shell["target"]));
    }

    [Fact]
    public async Task A_command_that_Ctrl_C_ended_stands_among_the_events()
    {
        var machine = _shell.One<MachineInfo>("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'agent=on'");
        _shell.Run("Start-VirtMachine web01 -Wait Agent");
        var running = Task.Run(() => _shell.Host.Run("Invoke-VirtCommand web01 'sleep 60'"));
        await Task.Delay(1000);

        _shell.Host.Stop();

        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await foreach (var one in new LocalHost(VirtRoot.Find()).FollowEventsAsync(machine.Id, 0, limit.Token))
        {
            if (one.Name == "CommandRun")
            {
                Assert.Equal("/bin/sh: its caller went away", one.Detail);
                return;
            }
        }
    }
}

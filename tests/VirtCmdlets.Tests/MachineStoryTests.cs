using System.Management.Automation;
using VirtEngine.Hosts;
using VirtEngine.Machines;
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

    [Fact]
    public async Task Ctrl_C_returns_at_once_from_a_wait()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz");
        _shell.Run("Start-VirtMachine web01");
        var waiting = Task.Run(() => _shell.Host.Run("Wait-VirtMachine web01 -For Agent -Timeout 1h"));
        await Task.Delay(500);
        var clock = System.Diagnostics.Stopwatch.StartNew();

        _shell.Host.Stop();

        await Assert.ThrowsAsync<PipelineStoppedException>(() => waiting);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
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

using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets.Tests;

public sealed class SwitchStoryTests : IDisposable
{
    private readonly Shell _shell = new();

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_switch_lives_from_New_to_Remove()
    {
        Assert.Equal(SwitchState.Stopped, _shell.One<SwitchInfo>("New-VirtSwitch lab -Notes x").State);
        Assert.Equal(SwitchState.Running, _shell.One<SwitchInfo>("Get-VirtSwitch l* | Start-VirtSwitch -PassThru").State);
        Assert.StartsWith("SwitchRunning,", _shell.Fail("Start-VirtSwitch lab").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("SwitchRunning,", _shell.Fail("Remove-VirtSwitch lab -Confirm:$false").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(SwitchState.Stopped, _shell.One<SwitchInfo>("Stop-VirtSwitch lab -PassThru").State);
        Assert.Equal(SwitchState.Stopped, _shell.One<SwitchInfo>("[pscustomobject]@{Name='lab'} | Stop-VirtSwitch -PassThru").State);
        _shell.Run("Remove-VirtSwitch lab -Confirm:$false");
        Assert.StartsWith("SwitchNotFound,", _shell.Fail("Get-VirtSwitch lab").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void What_happened_to_switches_is_told_as_it_is_of_machines()
    {
        _shell.Run("New-VirtSwitch lab | Start-VirtSwitch; New-VirtSwitch lab2");
        _shell.Run("New-VirtMachine lab -Kernel /k");

        Assert.Equal(["Created", "WorkerStarted"], _shell.Run("Get-VirtEvent -Switch lab").Cast<VirtEvent>().Take(2).Select(one => one.Event));
        Assert.Equal(["lab", "lab2"], _shell.Run("Get-VirtEvent -Switch lab* -EventName Created").Cast<VirtEvent>().Select(one => one.Name));
        Assert.Equal("lab2", _shell.One<VirtEvent>("Get-VirtSwitch lab2 | Get-VirtEvent").Name);
        var id = _shell.One<SwitchInfo>("Get-VirtSwitch lab2").Id;
        Assert.Equal((id, "lab2"), _shell.One<VirtEvent>($"Get-VirtEvent -Id {id}") is var one ? (one.Id, one.Name) : default);
        Assert.Equal("Created", _shell.One<VirtEvent>("Get-VirtEvent -Switch lab2 -Wait | Select-Object -First 1").Event);
        Assert.StartsWith("SwitchNotFound,", _shell.Fail("Get-VirtEvent -Switch nobody").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("MachineNotFound,", _shell.Fail($"Get-VirtEvent -Id {Guid.NewGuid()}").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_switch_is_told_by_the_plan_before_anything_is_made()
    {
        File.WriteAllText(_shell["lab.yaml"],
            """
            apiVersion: virttools/v1
            kind: Machine
            name: web01
            boot: {kernel: vmlinuz}
            networks:
              - {switch: labb}
            """);
        _shell.Run("New-VirtSwitch lab");
        foreach (var command in (string[])["Deploy-VirtSpec", "Compare-VirtSpec"])
        {
            var error = _shell.Fail($"{command} '{_shell["lab.yaml"]}'");
            Assert.StartsWith("SpecInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("lab.yaml:6:14: networks[0].switch: there is no switch 'labb', and no spec describes it", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(_shell.Run("Get-VirtMachine"));
    }

    [Fact]
    public void A_lab_with_a_switch_is_deployed_twice_and_the_second_time_changes_nothing()
    {
        File.WriteAllText(_shell["lab.yaml"],
            """
            apiVersion: virttools/v1
            kind: Machine
            name: web01
            boot: {kernel: vmlinuz, commandLine: agent=on}
            networks:
              - {switch: lab, address: 10.20.0.10/24}
              - {switch: lab, mac: "02:00:00:00:00:07"}
            ---
            apiVersion: virttools/v1
            kind: Switch
            name: lab
            """);
        File.WriteAllText(_shell["vmlinuz"], "");
        var changes = _shell.Run($"Deploy-VirtSpec '{_shell["lab.yaml"]}' -Start").Cast<SpecChange>().Select(change => $"{change.Action} {change.Kind}");
        Assert.Equal(["Create Switch", "Start Switch", "Create Machine", "Start Machine"], changes);
        Assert.Equal(SwitchState.Running, _shell.One<SwitchInfo>("Get-VirtSwitch").State);
        Assert.All(_shell.Run($"Deploy-VirtSpec '{_shell["lab.yaml"]}' -Start").Cast<SpecChange>(), change => Assert.Equal(ChangeAction.None, change.Action));
        Assert.Empty(_shell.Run($"Compare-VirtSpec '{_shell["lab.yaml"]}' -Start"));
        Assert.Contains("kind: Switch\nname: lab", string.Join('\n', _shell.Run("Get-VirtSwitch | Export-VirtSpec")), StringComparison.Ordinal);
        Assert.Contains("mac: ", string.Join('\n', _shell.Run("Export-VirtSpec -Machine web01")), StringComparison.Ordinal);
    }
}

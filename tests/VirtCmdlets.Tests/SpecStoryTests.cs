using VirtEngine.Hosts;
using VirtEngine.Machines;
using VirtSpecs;
using Machine = VirtSpecs.Machine;

namespace VirtCmdlets.Tests;

public sealed class SpecStoryTests : IDisposable
{
    private const string Lab =
        """
        apiVersion: virttools/v1
        kind: Machine
        name: web01
        memory: 128MiB
        boot: {kernel: vmlinuz, commandLine: "say=hello;agent=on"}
        ---
        apiVersion: virttools/v1
        kind: Machine
        name: web02
        boot: {kernel: vmlinuz, commandLine: "agent=on"}
        """;

    private readonly Shell _shell = new();

    public SpecStoryTests()
    {
        File.WriteAllText(_shell["lab.yaml"], Lab);
        File.WriteAllText(_shell["vmlinuz"], "");
        _shell.Host.Set("lab", _shell["lab.yaml"]);
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_lab_comes_up_by_its_file_and_the_second_time_nothing_is_to_do()
    {
        var plan = _shell.Host.Run("Import-VirtSpec $lab | Deploy-VirtSpec -Start -WhatIf");
        Assert.Equal(4, plan.Lines.Count);
        Assert.Contains(plan.Lines, line => line.Contains("Create", StringComparison.Ordinal) && line.Contains("web01", StringComparison.Ordinal));
        Assert.Empty(_shell.Run("Get-VirtMachine"));

        var machines = _shell.Run("Import-VirtSpec $lab | Deploy-VirtSpec -Wait Agent -PassThru").Cast<MachineInfo>().ToList();
        Assert.Equal(["web01", "web02"], machines.Select(machine => machine.Name));
        Assert.All(machines, machine => Assert.Equal((MachineState.Running, true), (machine.State, machine.AgentReady)));
        Assert.Equal(_shell["vmlinuz"], machines[0].Spec.Boot.Kernel);

        var again = _shell.Run("Deploy-VirtSpec $lab -Start").Cast<SpecChange>();
        Assert.All(again, change => Assert.Equal(ChangeAction.None, change.Action));
        Assert.Empty(_shell.Run("Import-VirtSpec $lab | Compare-VirtSpec -Start"));
    }

    [Fact]
    public void A_change_that_needs_it_stops_and_starts_the_machine()
    {
        _shell.Run("Deploy-VirtSpec $lab -Start");
        var before = _shell.One<MachineInfo>("Get-VirtMachine web01");
        File.WriteAllText(_shell["lab.yaml"], Lab.Replace("128MiB", "256MiB", StringComparison.Ordinal));

        Assert.Equal(
            [ChangeAction.Stop, ChangeAction.Update, ChangeAction.Start],
            _shell.Run("Import-VirtSpec $lab | Compare-VirtSpec").Cast<SpecChange>().Select(change => change.Action));
        _shell.Run("Deploy-VirtSpec $lab");

        var after = _shell.One<MachineInfo>("Get-VirtMachine web01");
        Assert.Equal((MachineState.Running, "256MiB", before.Id), (after.State, after.Memory.ToString(), after.Id));
        Assert.NotEqual(before.ProcessId, after.ProcessId);
    }

    [Fact]
    public void What_only_bears_a_machines_name_is_exported_as_the_machine_and_a_spec_as_itself()
    {
        _shell.Run("Deploy-VirtSpec $lab");
        File.WriteAllText(_shell["lab.yaml"], Lab.Replace("128MiB", "256MiB", StringComparison.Ordinal));

        Assert.Contains("128MiB", _shell.One<string>("[pscustomobject]@{ Name = 'web01' } | Export-VirtSpec"), StringComparison.Ordinal);
        Assert.Contains("128MiB", _shell.One<string>("Get-VirtEvent web01 -Newest 1 | Export-VirtSpec"), StringComparison.Ordinal);
        Assert.Contains("256MiB", _shell.One<string>("Import-VirtSpec $lab | Export-VirtSpec"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_exported_is_what_was_imported()
    {
        _shell.Run("Deploy-VirtSpec $lab");
        _shell.Host.Set("out", _shell["out.yaml"]);

        _shell.Run("Get-VirtMachine | Export-VirtSpec -Path $out");

        Assert.Equal(
            _shell.Run("Import-VirtSpec $lab").Cast<Machine>().Select(spec => spec.Name), _shell.Run("Import-VirtSpec $out").Cast<Machine>().Select(spec => spec.Name));
        Assert.Empty(_shell.Run("Import-VirtSpec $out | Compare-VirtSpec"));
        Assert.StartsWith("FileExists,", _shell.Fail("Get-VirtMachine | Export-VirtSpec -Path $out").FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_of_a_file_is_told_with_its_place()
    {
        File.WriteAllText(_shell["lab.yaml"], Lab.Replace("memory: 128MiB", "memmory: 128MiB\nprocessors: 99", StringComparison.Ordinal));

        var result = _shell.Host.Run("Test-VirtSpec $lab");

        Assert.Equal([false], result.Output);
        Assert.Equal(2, result.Errors.Count);
        Assert.All(result.Errors, error => Assert.StartsWith("SpecInvalid,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal([4, 5], result.Errors.Select(error => ((SpecError)error.TargetObject!).Line));
        Assert.Equal([true], _shell.Run($"Test-VirtSpec '{Path.Combine(Repository.Root, "examples", "quickstart.yaml")}'"));
    }

    [Fact]
    public void Machines_that_no_spec_names_go_when_that_is_asked_for()
    {
        _shell.Run("Deploy-VirtSpec $lab -Start");
        File.WriteAllText(_shell["lab.yaml"], Lab[..Lab.IndexOf("---", StringComparison.Ordinal)]);

        // Nobody can be asked here, and nothing is done before all is asked.
        Assert.Contains("NonInteractive", _shell.Fail("Deploy-VirtSpec $lab -RemoveOthers").ToString(), StringComparison.Ordinal);
        Assert.Equal(2, _shell.Run("Get-VirtMachine").Count);
        _shell.Run("Deploy-VirtSpec $lab -RemoveOthers -WhatIf");
        Assert.Equal(2, _shell.Run("Get-VirtMachine").Count);

        _shell.Run("Deploy-VirtSpec $lab -RemoveOthers -Force");

        Assert.Equal("web01", _shell.One<MachineInfo>("Get-VirtMachine").Name);
    }
}

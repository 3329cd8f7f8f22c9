using System.Management.Automation;
using VirtEngine.Hosts;
using VirtEngine.Machines;
using VirtSpecs;

namespace VirtCmdlets.Tests;

/// <summary>-AsJob, as Wait-Job, Receive-Job and Stop-Job meet it.</summary>
public sealed class JobTests : IDisposable
{
    private readonly Shell _shell = new();

    public JobTests()
    {
        _shell.Run("New-VirtMachine web01 -Kernel /boot/vmlinuz -CommandLine 'say=hello;agent=on'");
        _shell.Run("New-VirtMachine web02 -Kernel /boot/vmlinuz -CommandLine 'say=hello'");
    }

    public void Dispose() => _shell.Dispose();

    [Fact]
    public void A_machine_lives_by_jobs_from_start_to_stop()
    {
        var started = _shell.One<MachineInfo>("Start-VirtMachine web01 -Wait Agent -PassThru -AsJob | Wait-Job | Receive-Job");
        Assert.Equal((MachineState.Running, true), (started.State, started.AgentReady));
        Assert.Equal("out\n", _shell.One<VirtCommandResult>("'web01' | Invoke-VirtCommand -Command 'echo out' -AsJob | Wait-Job | Receive-Job").StdOut);
        Assert.Equal("web01", _shell.One<MachineInfo>("Wait-VirtMachine web01 -For Text -Text hello -PassThru -AsJob | Wait-Job | Receive-Job").Name);
        Assert.Equal(
            MachineState.Running, _shell.One<MachineInfo>("Restart-VirtMachine web01 -TurnOff -Force -PassThru -AsJob | Wait-Job | Receive-Job").State);
        Assert.Equal(MachineState.Stopped, _shell.One<MachineInfo>("Stop-VirtMachine web01 -PassThru -AsJob | Wait-Job | Receive-Job").State);
    }

    [Fact]
    public void One_job_does_it_for_all_machines_and_returns_at_once()
    {
        var job = Job("Get-VirtMachine | Start-VirtMachine -Wait Boot -PassThru -AsJob");

        Assert.True(job.Finished.WaitOne(TimeSpan.FromMinutes(1)));
        Assert.Equal((JobState.Completed, "2/2", Environment.MachineName), (job.JobStateInfo.State, job.StatusMessage, job.Location));
        Assert.Contains("Start-VirtMachine", job.Command!, StringComparison.Ordinal);
        Assert.Equal(["web01", "web02"], job.Output.Select(one => ((MachineInfo)one.BaseObject).Name));
        Assert.Contains(job.Progress, progress => progress.Activity == "Waiting for web02");
        Assert.Empty(job.Error);
    }

    [Fact]
    public void What_goes_wrong_with_one_machine_is_an_error_of_the_job_and_the_others_have_their_turn()
    {
        _shell.Run("New-VirtMachine bad -Kernel /boot/vmlinuz -CommandLine 'throw=missing'");

        var job = Job("Start-VirtMachine bad, web01 -PassThru -AsJob");

        Assert.True(job.Finished.WaitOne(TimeSpan.FromMinutes(1)));
        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        Assert.True(job.HasMoreData);
        _shell.Host.Set("job", job);
        var received = _shell.Host.Run("Receive-Job $job");
        Assert.Equal("web01", Assert.IsType<MachineInfo>(Assert.Single(received.Output)).Name);
        Assert.StartsWith("BootFileNotFound,", Assert.Single(received.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(job.HasMoreData);
    }

    [Fact]
    public void A_job_is_stopped_in_the_middle_of_its_wait()
    {
        _shell.Run("Start-VirtMachine web02");
        var job = Job("Wait-VirtMachine web02 -For Agent -Timeout 1h -AsJob");
        Assert.Equal(JobState.Running, job.JobStateInfo.State);
        _shell.Host.Set("job", job);

        _shell.Run("Stop-Job $job");

        Assert.Equal(JobState.Stopped, job.JobStateInfo.State);
        job.StopJob(); // Once more does no harm.
        job.Dispose();
    }

    [Fact]
    public void Questions_are_asked_before_there_is_a_job()
    {
        Assert.Empty(_shell.Run("Start-VirtMachine web01 -AsJob -WhatIf"));
        _shell.Run("Start-VirtMachine web01");
        Assert.Contains("NonInteractive", _shell.Fail("Stop-VirtMachine web01 -TurnOff -AsJob").ToString(), StringComparison.Ordinal);
        Assert.Equal(MachineState.Running, _shell.One<MachineInfo>("Get-VirtMachine web01").State);
        Assert.Empty(_shell.Run("Stop-VirtMachine web01 -TurnOff -AsJob -Confirm:$false | Wait-Job | Receive-Job"));
        Assert.Equal(MachineState.Stopped, _shell.One<MachineInfo>("Get-VirtMachine web01").State);
    }

    [Fact]
    public void A_lab_is_deployed_and_an_image_installed_by_jobs()
    {
        File.WriteAllText(_shell["lab.yaml"], "apiVersion: virttools/v1\nkind: Machine\nname: lab01\nboot: {kernel: vmlinuz, commandLine: agent=on}\n");
        _shell.Host.Set("lab", _shell["lab.yaml"]);

        Assert.Equal(
            [ChangeAction.Create, ChangeAction.Start],
            _shell.Run("Deploy-VirtSpec $lab -Wait Agent -AsJob | Wait-Job | Receive-Job").Cast<SpecChange>().Select(change => change.Action));
        Assert.True(_shell.One<MachineInfo>("Get-VirtMachine lab01").AgentReady);

        var job = Job("Install-VirtImage nothing -Kernel /no/such/kernel -AsJob");
        Assert.True(job.Finished.WaitOne(TimeSpan.FromMinutes(1)));
        Assert.Equal(JobState.Failed, job.JobStateInfo.State);
        Assert.Single(job.Error);
    }

    private Job Job(string script) => Assert.IsAssignableFrom<Job>(Assert.Single(_shell.Run(script)));
}

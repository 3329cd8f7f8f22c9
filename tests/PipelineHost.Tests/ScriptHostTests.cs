using System.Management.Automation;

namespace PipelineHost.Tests;

/// <summary>Scripts as the examples write them.</summary>
public sealed class ScriptHostTests
{
    private readonly ScriptHost _host = new();

    public ScriptHostTests()
    {
        _host.Import(typeof(BindingProbe.Format).Assembly.Location);
        _host.Import(typeof(WaitProbeStopCommand).Assembly.Location);
    }

    [Fact]
    public void Here_string_keeps_lines_and_expands()
    {
        ScriptResult result = _host.Run("$name = 'web01'\n@\"\nname: $name\n  \"quoted\" `$x\n\"@\n@'\n$name\n'@");
        Assert.Equal(["name: web01\n  \"quoted\" $x", "$name"], result.Output);
    }

    [Fact]
    public void Cmdlet_that_writes_from_another_thread_fails_as_in_PowerShell()
    {
        ScriptResult result = _host.Run("Write-ProbeElsewhere");
        Assert.Empty(result.Output);
        Assert.Equal("InvalidOperation,PipelineHost.Tests.WriteProbeElsewhereCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Ordered_literal_is_read_by_key_and_by_place() =>
        Assert.Equal([2, 1, 2], _host.Run("$o = [ordered]@{b=1; a=2}\n$o.a\n$o[0]\n$o['a']").Output);

    [Fact]
    public void Null_takes_what_nobody_wants() => Assert.Empty(_host.Run("$null = Get-ProbeItem a").Output);

    [Fact]
    public void Stop_preference_ends_the_script_at_the_first_error()
    {
        ScriptResult result = _host.Run("$ErrorActionPreference = 'Stop'\nWrite-ProbeStream a -WithError\n'never'");
        Assert.False(result.Completed);
        Assert.Empty(result.Output);
        Assert.Equal("ProbeStreamError,BindingProbe.WriteProbeStreamCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Variables_stay_from_script_to_script()
    {
        _host.Set("given", 5);
        _host.Run("$x = $given, 6");
        Assert.Equal([5, 6], _host.Run("$x").Output);
    }

    [Fact]
    public void Path_of_a_cmdlet_is_relative_to_the_current_location()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "b.yaml"), "");
            File.WriteAllText(Path.Combine(folder, "a.yaml"), "");
            ScriptResult result = _host.Run($"Resolve-ProbePath '{folder}/*.yaml'\nResolve-ProbePath "
                + $"'{folder}/none'\nResolve-ProbePath x -Unresolved");
            Assert.Equal([Path.Combine(folder, "a.yaml"), Path.Combine(folder, "b.yaml"),
                Path.Combine(Directory.GetCurrentDirectory(), "x")], result.Output);
            Assert.Equal("PathNotFound,PipelineHost.Tests.ResolveProbePathCommand", Assert.Single(result.Errors).FullyQualifiedErrorId);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task Stopping_reaches_the_cmdlet_that_waits()
    {
        WaitProbeStopCommand.Reached = new TaskCompletionSource();
        Task run = Task.Run(() => _host.Run("Wait-ProbeStop | Write-Output\n'never'"));
        await WaitProbeStopCommand.Reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _host.Stop();
        await Assert.ThrowsAsync<PipelineStoppedException>(() => run.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Cmdlets_are_disposed_after_success_and_failure()
    {
        ResolveProbePathCommand.Disposed = 0;
        _host.Run("Resolve-ProbePath . | Out-Null\nResolve-ProbePath /nope/none");
        Assert.Equal(2, ResolveProbePathCommand.Disposed);
    }
}

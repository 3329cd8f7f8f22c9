using System.Diagnostics;
using HardwareLab;
using VirtTools.Tests;

namespace HardwareLabTests;

/// <summary>A lab that dies says why, and no lab outlives its test.</summary>
public sealed class LabDeathTests
{
    [LabFact]
    public async Task A_panic_is_told_with_the_console()
    {
        await using var lab = await LabMachine.BootAsync();
        var error = await Assert.ThrowsAsync<LabException>(() => lab.RunAsync("/bin/sh", ["-c", "echo begun; sleep 0.5; echo c >/proc/sysrq-trigger"]));
        Assert.Contains("panicked (", error.Message, StringComparison.Ordinal);
        Assert.Contains("sysrq triggered crash", error.Message, StringComparison.Ordinal);
        Assert.Contains("begun", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(lab.Complaints);
        var next = await Assert.ThrowsAsync<LabException>(() => lab.RunAsync("/bin/true", []));
        Assert.Contains("had died before", next.Message, StringComparison.Ordinal);
    }

    [LabFact(nightly: true)]
    public async Task A_lab_that_freezes_is_noticed()
    {
        await using var lab = await LabMachine.BootAsync(new LabOptions { Grace = TimeSpan.FromSeconds(2) });
        var error = await Assert.ThrowsAsync<LabException>(() => lab.RunAsync("/bin/sh", ["-c", "echo freeze >/sys/power/state"], limit: TimeSpan.FromSeconds(1)));
        Assert.Contains("does not answer", error.Message, StringComparison.Ordinal);
    }

    [LabFact]
    public async Task A_lab_that_does_not_come_up_says_so()
    {
        var late = await Assert.ThrowsAsync<LabException>(() => LabMachine.BootAsync(new LabOptions { Patience = TimeSpan.FromSeconds(0.5) }));
        Assert.Contains("did not come up within", late.Message, StringComparison.Ordinal);
        var wrong = await Assert.ThrowsAsync<LabException>(() => LabMachine.BootAsync(new LabOptions { Processors = 100_000 }));
        Assert.Contains("QEMU ended with 1", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("100000", wrong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LabMachine.BootAsync(cancellation: new CancellationToken(true)));
    }

    [LabFact]
    public async Task No_lab_outlives_a_test_that_is_killed()
    {
        using var directory = new TemporaryDirectory();
        using var test = StartProgram(["/bin/sleep", "1000"], ("TMPDIR", directory.Path));
        Assert.True(SpinWait.SpinUntil(() => Processes(directory.Path).Any(line => line.StartsWith("qemu", StringComparison.Ordinal)), TimeSpan.FromSeconds(60)), "QEMU was not started.");
        test.Kill();
        await test.WaitForExitAsync();
        Assert.True(SpinWait.SpinUntil(() => Processes(directory.Path).Count == 0, TimeSpan.FromSeconds(10)), "QEMU is still there.");
    }

    [LabFact]
    public async Task A_missing_QEMU_is_named_with_its_package()
    {
        using var program = StartProgram(["/bin/true"], ("PATH", "/nowhere"));
        string errors = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(2, program.ExitCode);
        Assert.Contains("qemu-system-x86", errors, StringComparison.Ordinal);
    }

    private static Process StartProgram(string[] arguments, (string Name, string Value) variable)
    {
        var start = new ProcessStartInfo(LabMachine.Dotnet, [Path.Combine(AppContext.BaseDirectory, "HardwareLab.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment[variable.Name] = variable.Value;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>The command lines that name a directory.</summary>
    private static List<string> Processes(string directory)
    {
        var found = new List<string>();
        foreach (string process in Directory.GetDirectories("/proc"))
        {
            try
            {
                string line = int.TryParse(Path.GetFileName(process), out _) ? File.ReadAllText(Path.Combine(process, "cmdline")) : "";
                if (line.Contains(directory, StringComparison.Ordinal)) found.Add(line);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
            }
        }

        return found;
    }
}

namespace VirtEngine.Tests.Linux;

/// <summary>The kernel complains about nothing that has no good reason.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxLogTests(SharedLinuxMachine shared)
{
    [LinuxGuestFact]
    public async Task Every_complaint_in_the_kernels_log_has_a_reason()
    {
        string log = await shared.Linux.AskAsync("dmesg -r");
        Assert.Contains("Linux version", log, StringComparison.Ordinal);
        // What programs of other tests do to themselves is told at level info ("traps: program[…] …"), which is not a complaint.
        string unexplained = string.Join('\n', KernelLog.Unexplained(log));
        Assert.True(unexplained.Length == 0, unexplained);
    }

    [LinuxGuestFact]
    public async Task Every_entry_of_the_list_still_explains_a_line()
    {
        await shared.Linux.RunProgramAsync(c => c.ud2());
        Assert.Empty(KernelLog.Unused(await shared.Linux.AskAsync("dmesg -r")));
    }

    [Theory]
    [InlineData("<3>[    1.0] something new", true)]
    [InlineData("<4>[    1.0] something new", true)]
    [InlineData("<6>[    1.0] something new", false)]
    [InlineData("<6>[    1.0] probe of x failed with error -22", true)]
    [InlineData("<6>[    1.0] [Firmware Bug]: TSC ADJUST", true)]
    [InlineData("<30>[    1.0] a program's information", false)]
    [InlineData("<6>[    1.0] debugging is on", false)]
    public void New_complaints_are_noticed(string line, bool noticed) => Assert.Equal(noticed, KernelLog.Unexplained(line).Count == 1);
}

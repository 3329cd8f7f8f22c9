using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace VirtEngine.Tests.Linux;

/// <summary>The kernel boots in every shape of machine, over and over: what happens once in a hundred boots is found here.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxMatrixTests(ITestOutputHelper output)
{
    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("VIRTTOOLS_MATRIX_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : 20;

    [NightlyFact]
    public async Task Kernel_boots_in_every_shape_and_powers_off()
    {
        var failures = new StringBuilder();
        for (int round = 1; round <= Rounds; round++)
        {
            foreach (int processors in (int[])[1, 2, 4])
            {
                foreach (ulong mebibytes in (ulong[])[128, 512, 4096])
                {
                    try
                    {
                        output.WriteLine(await BootOnceAsync(round, processors, mebibytes));
                    }
                    catch (Exception e)     // the others still count: all that happened is told at the end
                    {
                        failures.Append(CultureInfo.InvariantCulture, $"round {round}, {processors} processors, {mebibytes} MiB: {e}\n\n");
                    }
                }
            }
        }
        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static async Task<string> BootOnceAsync(int round, int processors, ulong mebibytes)
    {
        await using var linux = await LinuxMachine.BootAsync(processors, mebibytes);
        Assert.Equal(processors.ToString(CultureInfo.InvariantCulture), await linux.AskAsync("nproc"));
        long kibibytes = long.Parse(await linux.AskAsync("awk '/^MemTotal/ {print $2}' /proc/meminfo"), CultureInfo.InvariantCulture);
        Assert.InRange(kibibytes, (long)mebibytes * 1024 * 7 / 10, (long)mebibytes * 1024);
        Assert.Empty(KernelLog.Unexplained(await linux.AskAsync("dmesg -r")));
        await linux.PowerOffAsync();
        await linux.Console.End;
        Assert.Empty(KernelLog.UnexplainedOnConsole(linux.Console.Text));
        return $"round {round}: {processors} processors, {mebibytes} MiB: userspace {linux.Console.TimeOf("virttools: userspace")}, agent {linux.AgentOpened}";
    }
}

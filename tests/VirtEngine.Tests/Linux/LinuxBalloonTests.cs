using System.Globalization;
using VirtEngine.Balloons;
using VirtEngine.Memory;
using VirtEngine.Tests.Virtio;

namespace VirtEngine.Tests.Linux;

/// <summary>Memory that a Debian machine does not need goes back to the host, which measures it.</summary>
public sealed class LinuxBalloonTests
{
    private const long MiB = 1 << 20;

    [LinuxGuestFact]
    public async Task Memory_goes_back_to_the_host_when_the_guest_frees_it_and_when_the_balloon_takes_it()
    {
        // Its own: in a machine that others have used, what is free lies in pieces, and pieces are not reported.
        await using var linux = await LinuxMachine.BootAsync();
        GuestMemory memory = linux.Machine.Memory!;
        long Used() => VirtioBalloonTests.ResidentBytes(memory);

        // Random bytes cost a software CPU long: a few of them, many times.
        await linux.AskAsync("dd if=/dev/urandom of=/tmp/part bs=1M count=4 2>/dev/null; for i in $(seq 20); do cat /tmp/part; done >/tmp/large");
        long full = Used();
        Assert.True(full > 80 * MiB);
        await linux.AskAsync("rm /tmp/large");
        await linux.WaitUntilAsync(() => full - Used() > 70 * MiB, "Freed pages were not reported");

        var balloon = linux.Machine.Balloon;
        balloon.RefreshStatistics();
        await linux.WaitUntilAsync(() => balloon.Statistics.ContainsKey(BalloonStatistic.AvailableMemory), "The guest told no statistics");
        long available = await AvailableAsync(linux);
        balloon.TargetPages = BalloonControl.PagesOf(64 * MiB);
        await linux.WaitUntilAsync(() => balloon.ActualPages == balloon.TargetPages, "The balloon was not inflated");
        Assert.InRange(available - await AvailableAsync(linux), 50 * MiB, 80 * MiB);
        Assert.True(balloon.ReturnedBytes >= 64 * MiB + 70 * MiB);

        balloon.TargetPages = 0;
        await linux.WaitUntilAsync(() => balloon.ActualPages == 0, "The balloon was not deflated");
        // What the guest takes again is clean and holds.
        await linux.AskAsync("for i in $(seq 20); do cat /tmp/part; done >/tmp/again");
        await linux.AskAsync("for end in head tail; do $end -c 4194304 /tmp/again | cmp - /tmp/part || exit 1; done");
    }

    private static async Task<long> AvailableAsync(LinuxMachine linux) =>
        long.Parse(await linux.AskAsync("awk '/^MemAvailable/ {print $2}' /proc/meminfo"), CultureInfo.InvariantCulture) << 10;
}

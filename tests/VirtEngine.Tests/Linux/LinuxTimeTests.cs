using System.Diagnostics;
using System.Globalization;
using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>Time in the guest is the host's, and stands while the machine is paused.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxTimeTests(SharedLinuxMachine shared)
{
    private LinuxMachine Linux => shared.Linux;

    private async Task<double> UptimeAsync() =>
        double.Parse((await Linux.AskAsync("cat /proc/uptime")).Split(' ')[0], CultureInfo.InvariantCulture);

    [LinuxGuestFact]
    public async Task Clock_shows_the_hosts_time()
    {
        // What other tests pause is missing from the guest's clock: the hardware clock is read anew.
        var before = DateTimeOffset.UtcNow;
        long rtc = long.Parse(await Linux.AskAsync("cat /sys/class/rtc/rtc0/since_epoch"), CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(rtc), before.AddSeconds(-120), DateTimeOffset.UtcNow.AddSeconds(5));
        long system = long.Parse(await Linux.AskAsync("date +%s"), CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(system), before.AddSeconds(-120), DateTimeOffset.UtcNow.AddSeconds(5));
        Assert.Equal("tsc", await Linux.AskAsync("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"));
    }

    [LinuxGuestFact]
    public async Task A_second_in_the_guest_is_a_second_outside()
    {
        var clock = Stopwatch.StartNew();
        double before = await UptimeAsync();
        await Linux.AskAsync("sleep 1");
        double inside = await UptimeAsync() - before;
        double outside = clock.Elapsed.TotalSeconds;
        Assert.True(inside >= 1, $"'sleep 1' took {inside} s of the guest's time.");
        Assert.True(outside >= inside - 0.02, $"{inside} s passed in the guest, {outside} s outside.");
        Assert.InRange(outside, 1, 60);

        // Over a longer span clocks agree: what differs is only the time that the question takes.
        var span = Stopwatch.StartNew();
        double start = await UptimeAsync();
        double uncertainty = span.Elapsed.TotalSeconds;
        await Task.Delay(3000);
        double end = await UptimeAsync();
        Assert.InRange(end - start, 3 - uncertainty - 0.1, span.Elapsed.TotalSeconds + 0.05);
    }

    [LinuxGuestFact]
    public async Task Paused_machine_is_silent_and_its_time_stands()
    {
        // A writer that does not stop: every pause would be seen to leak.
        await Linux.AskAsync("(while [ ! -e /tmp/enough ]; do echo tick >/dev/ttyS0; usleep 20000; done) >/dev/null 2>&1 &");
        var outside = Stopwatch.StartNew();
        double before = await UptimeAsync();
        int begun = Linux.Console.Length;
        await Linux.WaitUntilAsync(() => Linux.Console.Length > begun, "The writer wrote nothing");
        Linux.Machine.Pause();
        Assert.Equal(MachineState.Paused, Linux.Machine.State);
        await Task.Delay(300);                                  // what was on its way to the reader
        int length = Linux.Console.Length;
        var counters = Linux.Machine.Counters;
        await Task.Delay(4000);
        Assert.Equal(length, Linux.Console.Length);
        Assert.Equal(counters, Linux.Machine.Counters);
        Linux.Machine.Resume();
        await Linux.WaitUntilAsync(() => Linux.Console.Length > length, "The writer did not go on");
        double after = await UptimeAsync();
        double passed = outside.Elapsed.TotalSeconds;
        await Linux.AskAsync("touch /tmp/enough; wait; rm /tmp/enough");
        Assert.True(after > before);
        Assert.Equal(MachineState.Running, Linux.Machine.State);
        // 4.3 s of pause are missing in the guest, whatever else took its time.
        Assert.True(after - before < passed - 4, "Time went on while the machine was paused.");
    }

    [LinuxGuestFact]
    public async Task Machine_that_is_paused_over_and_over_goes_on()
    {
        var work = Linux.AskAsync("i=0; while [ $i -lt 40 ]; do usleep 5000; i=$((i+1)); done; echo done");
        for (int i = 0; i < 60 && !work.IsCompleted; i++)
        {
            Linux.Machine.Pause();
            await Task.Delay(i % 5);
            Linux.Machine.Resume();
            await Task.Delay(i % 7);
        }
        Assert.Equal("done", await work);
    }
}

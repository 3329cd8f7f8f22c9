using System.Globalization;

namespace HardwareLabTests;

/// <summary>As <see cref="KvmLinuxCases"/>, with the host's profile and several processors, for longer.</summary>
public static class KvmLinuxNightlyCases
{
    public static void Guest_with_the_hosts_profile_keeps_its_time_over_a_pause() => KvmLinuxCases.Run("host", 2, async machine =>
    {
        Assert.Equal("kvm-clock", await machine.AskAsync("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"));
        Assert.Equal("2", await machine.AskAsync("grep -c ^processor /proc/cpuinfo"));
        await KvmLinuxCases.LoadAsync(machine, consoleLines: 300);

        double before = await UptimeAsync();
        machine.Machine.Pause();
        await Task.Delay(TimeSpan.FromSeconds(12));
        machine.Machine.Resume();
        Assert.InRange(await UptimeAsync() - before, 0, 10);
        Assert.DoesNotMatch("soft lockup|rcu.*stall", await machine.AskAsync("dmesg"));

        async Task<double> UptimeAsync() => double.Parse((await machine.AskAsync("cat /proc/uptime")).Split(' ')[0], CultureInfo.InvariantCulture);
    });
}

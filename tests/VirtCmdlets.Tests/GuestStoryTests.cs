using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using VirtEngine.Measures;
using VirtEngine.Tests.Linux;

namespace VirtCmdlets.Tests;

/// <summary>Commands that reach into a running guest, with Debian's kernel and agent in it.</summary>
public sealed class GuestStoryTests(GuestStoryTests.Guest guest) : IClassFixture<GuestStoryTests.Guest>
{
    private const int MiB = 1 << 20;

    private readonly Shell _shell = guest.Shell;

    /// <summary>One machine for all tests, which leave it as they found it.</summary>
    public sealed class Guest : IDisposable
    {
        public Guest()
        {
            if (LinuxGuest.Unavailable is not null)
            {
                return;
            }

            Environment.SetEnvironmentVariable("VIRTTOOLS_WORKER", Path.Combine(AppContext.BaseDirectory, "VirtWorker.dll"));
            var image = LinuxGuest.Image;
            using (var disk = File.Create(Shell["disk.raw"]))
            {
                disk.SetLength(64 * MiB);
            }

            File.WriteAllText(Shell["lab.yaml"],
                $$"""
                apiVersion: virttools/v1
                kind: Machine
                name: deb
                memory: 512MiB
                processors: 2
                boot: {kernel: {{image.KernelPath}}, initrd: {{image.InitrdPath}}, commandLine: {{image.CommandLine}}}
                disks:
                  - {name: data, path: disk.raw}
                """);
            Shell.Run($"Deploy-VirtSpec '{Shell["lab.yaml"]}' -Wait Agent");
        }

        internal Shell Shell { get; } = new();

        public void Dispose() => Shell.Dispose();
    }

    [LinuxGuestFact]
    public void What_a_guest_does_is_counted_as_it_tells_itself()
    {
        var before = Measure();
        Ask("dd if=/dev/zero of=/dev/nvme0n1 bs=64k count=256 conv=fsync 2>/dev/null; dd if=/dev/zero of=/dev/ttyS0 bs=1k count=4 2>/dev/null");
        var after = Measure();

        var (old, now) = (Assert.Single(before.Disks), Assert.Single(after.Disks));
        Assert.Equal("data", now.Name);
        Assert.Equal(16 * MiB, now.Write.Bytes.Total - old.Write.Bytes.Total);
        Assert.True(now.Flush.Requests.Total > old.Flush.Requests.Total);
        Assert.True(now.Write.LongestTime > TimeSpan.Zero);
        Assert.Equal(0, now.Write.Failures);

        // A byte on the serial port is an access to its port at least.
        Assert.True(after.Processors.Sum(one => one.PortAccesses.Total) - before.Processors.Sum(one => one.PortAccesses.Total) >= 4096);
        Assert.True(after.Processors.Sum(one => one.Interrupts.Total) > before.Processors.Sum(one => one.Interrupts.Total));
        Assert.All(after.Processors, one => Assert.True(one.Instructions!.Value.Total > 1_000_000));
        Assert.True(after.HostTime > before.HostTime);
        Assert.InRange(after.HostTime, TimeSpan.FromSeconds(0.5), after.GuestTime * 2.1);
        var uptime = double.Parse(Ask("cut -d' ' -f1 /proc/uptime"), CultureInfo.InvariantCulture);
        Assert.InRange(uptime, after.GuestTime.TotalSeconds - 5, Measure().GuestTime.TotalSeconds + 1);
    }

    [LinuxGuestFact]
    public async Task Memory_that_a_guest_shall_do_without_goes_back_to_the_host_and_comes_again()
    {
        Ask("dd if=/dev/zero of=/tmp/large bs=1M count=120 2>/dev/null");
        var full = Measure().Resident.Bytes;
        var available = Available();
        Ask("rm /tmp/large");

        _shell.Run("Set-VirtMachine deb -BalloonTarget 200MiB");
        await WaitAsync(() => Measure().Balloon.Bytes == 200 * MiB);
        Assert.InRange(available + 120 * MiB - Available(), 180 * MiB, 220 * MiB);
        await WaitAsync(() => full - Measure().Resident.Bytes > 100 * MiB);
        var memory = Measure().Memory;
        Assert.True(memory.Returned.Bytes >= 200 * MiB);
        Assert.InRange(memory.GuestAvailable!.Value.Bytes, Available() - 20 * MiB, Available() + 20 * MiB);

        _shell.Run("Set-VirtMachine deb -BalloonTarget 0");
        await WaitAsync(() => Measure().Balloon.Bytes == 0);
        Assert.InRange(Available(), available + 100 * MiB, available + 140 * MiB);
        Ask("dd if=/dev/zero of=/tmp/large bs=1M count=200 2>/dev/null && rm /tmp/large");
    }

    [LinuxGuestFact]
    [UnsupportedOSPlatform("windows")]
    public void Files_arrive_whole_with_their_permissions_and_come_back()
    {
        var content = RandomNumberGenerator.GetBytes(3 * MiB + 1);
        Directory.CreateDirectory(_shell["tree/sub dir"]);
        File.WriteAllBytes(_shell["tree/large"], content);
        File.SetUnixFileMode(_shell["tree/large"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.WriteAllText(_shell["tree/sub dir/$(reboot) *"], "small");

        _shell.Run($"Copy-VirtItem '{_shell["tree"]}' /tmp -ToMachine deb -Recurse");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), Ask("sha256sum /tmp/tree/large")[..64]);
        Assert.Equal("500", Ask("stat -c %a /tmp/tree/large"));
        _shell.Run($"Copy-VirtItem /tmp/tree '{_shell["back"]}' -FromMachine deb -Recurse");
        Assert.Equal(content, File.ReadAllBytes(_shell["back/large"]));
        Assert.Equal("small", File.ReadAllText(_shell["back/sub dir/$(reboot) *"]));
        _shell.Run($"Copy-VirtItem '/tmp/tree/sub dir/*boot*' '{_shell["back"]}' -FromMachine deb");
        Assert.Equal("small", File.ReadAllText(_shell["back/$(reboot) *"]));
        Assert.Contains("'/tmp/tree' cannot be read.", _shell.Fail($"Copy-VirtItem /tmp/tree '{_shell["y"]}' -FromMachine deb").ToString(), StringComparison.Ordinal);
        Assert.StartsWith("AgentRefused,", _shell.Fail($"Copy-VirtItem '{_shell["tree/large"]}' /no/such/file -ToMachine deb").FullyQualifiedErrorId, StringComparison.Ordinal);
        Ask("rm -r /tmp/tree");
    }

    [TerminalFact]
    public async Task A_terminal_is_one_of_the_guest()
    {
        if (LinuxGuest.Unavailable is not null)
        {
            return; // Listed as skipped by the other tests.
        }

        // In the foreground: what a shell starts aside ignores Ctrl+C.
        _shell.Host.Set("line", "exec setsid -c sh -i </dev/ttyS0 >/dev/ttyS0 2>&1");
        _shell.Run("$shell = Invoke-VirtCommand deb $line -AsJob");
        using var window = new TerminalWindow("Connect-VirtMachine deb");
        await window.WaitForAsync("virttools: userspace");
        window.Press("echo $((6 * 7)) wörd\r");
        await window.WaitForAsync("\n42 wörd");
        window.Press("sleep 1000 || echo $((8 * 8))\r");
        await window.WaitForAsync("sleep 1000");
        await Task.Delay(1000); // Until it sleeps; an earlier Ctrl+C would only end the line.
        window.Press("\x03");
        window.Press("echo $((7 * 7))\r");
        await window.WaitForAsync("\n49");
        window.Press("exit\r");
        _shell.Run("$shell | Wait-Job");
        window.Press("\x1d");
        await window.WaitForAsync("the prompt is back");
        Assert.Equal(window.Before, window.After);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !condition(); await Task.Delay(200))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "It does not come.");
        }
    }

    private MachineMeasure Measure() => _shell.One<MachineMeasure>("Measure-VirtMachine deb -Interval 0.5");

    private long Available() => long.Parse(Ask("awk '/^MemAvailable/ {print $2}' /proc/meminfo"), CultureInfo.InvariantCulture) << 10;

    private string Ask(string command)
    {
        _shell.Host.Set("line", command);
        var result = _shell.One<VirtCommandResult>("Invoke-VirtCommand deb $line -Timeout 60s");
        Assert.True(result.ExitCode == 0, $"{command}: {result.StdErr}");
        return result.StdOut.TrimEnd('\n');
    }
}

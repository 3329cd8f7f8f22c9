using VirtEngine.Images;
using VirtEngine.Machines;
using VirtEngine.Tests.Linux;

namespace HardwareLabTests;

/// <summary>Debian's cloud kernel on the KVM backend, run in the lab. Kernel and initial RAM file system are named by the environment.</summary>
public static class KvmLinuxCases
{
    internal const string KernelVariable = "LAB_KERNEL", InitrdVariable = "LAB_INITRD";

    public static void Debians_kernel_boots_answers_by_its_agent_and_takes_load_on_console_and_disk() => Run("portable", 1, async machine =>
    {
        Assert.Equal("Linux", await machine.AskAsync("uname -s"));
        Assert.Equal("tsc", await machine.AskAsync("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"));
        Assert.Equal(3, (await machine.RunAsync("exit 3")).ExitCode);
        await LoadAsync(machine, consoleLines: 60);
    });

    internal static async Task LoadAsync(LinuxMachine machine, int consoleLines)
    {
        // Nothing of much that comes at once is lost on the console.
        await machine.AskAsync($"i=0; while [ $i -lt {consoleLines} ]; do echo \"line $i of the load\"; i=$((i+1)); done >/dev/ttyS0");
        await machine.Console.WaitForAsync($"line {consoleLines - 1} of the load", LinuxMachine.Patience);
        string console = machine.Console.Text;
        Assert.DoesNotContain(Enumerable.Range(0, consoleLines), line => !console.Contains($"line {line} of the load", StringComparison.Ordinal));

        await machine.AskAsync("dd if=/dev/urandom of=/tmp/source bs=1M count=4 2>/dev/null; dd if=/tmp/source of=/dev/nvme0n1 bs=64k conv=fsync 2>/dev/null");
        await machine.AskAsync("echo 3 >/proc/sys/vm/drop_caches");
        Assert.Equal("same", await machine.AskAsync("cmp -n 4194304 /dev/nvme0n1 /tmp/source && echo same"));
        Assert.DoesNotMatch("I/O error|nvme.*timeout|soft lockup|rcu.*stall", await machine.AskAsync("dmesg"));
    }

    internal static void Run(string profile, int processors, Func<LinuxMachine, Task> use) => RunAsync(profile, processors, use).GetAwaiter().GetResult();

    private static async Task RunAsync(string profile, int processors, Func<LinuxMachine, Task> use)
    {
        string disk = Path.GetTempFileName();
        File.WriteAllBytes(disk, new byte[8 << 20]);
        try
        {
            await using var machine = await LinuxMachine.BootAsync(new MachineOptions
            {
                Id = Guid.NewGuid(),
                Name = "linux",
                Processors = processors,
                Memory = 256ul << 20,
                Profile = profile,
                Kernel = Environment.GetEnvironmentVariable(KernelVariable)!,
                Initrd = Environment.GetEnvironmentVariable(InitrdVariable),
                // What the kernel says would be half of the boot here: two exits for each character.
                CommandLine = DebianImageBuilder.CommandLine + " quiet",
                Disks = [new DiskOptions { Name = "data", Path = disk }],
            });
            // The best that works here is chosen by itself.
            Assert.Equal("kvm", machine.Machine.Hypervisor);
            await use(machine);
            await machine.PowerOffAsync();
        }
        finally
        {
            File.Delete(disk);
        }
    }
}

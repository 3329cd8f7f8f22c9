using System.Globalization;
using VirtEngine.Hypervisors;

namespace VirtEngine.Tests.Linux;

/// <summary>What Linux finds in the machine is what the machine was made of.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxHardwareTests(SharedLinuxMachine shared)
{
    private LinuxMachine Linux => shared.Linux;

    [LinuxGuestFact]
    public async Task Both_processors_are_up()
    {
        Assert.Equal("2", await Linux.AskAsync("nproc"));
        Assert.Equal("0-1", await Linux.AskAsync("cat /sys/devices/system/cpu/online"));
    }

    [LinuxGuestFact]
    public async Task Memory_is_what_was_ordered()
    {
        long kibibytes = long.Parse(await Linux.AskAsync("awk '/^MemTotal/ {print $2}' /proc/meminfo"), CultureInfo.InvariantCulture);
        // The kernel counts without itself and its page structures.
        Assert.InRange(kibibytes, 440 << 10, 512 << 10);
    }

    [LinuxGuestFact]
    public async Task Processor_has_the_features_of_the_profile()
    {
        string info = await Linux.AskAsync("cat /proc/cpuinfo");
        var flags = info.Split('\n').First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(':')[1].Split(' ').ToHashSet();
        // Linux' names (arch/x86/include/asm/cpufeatures.h) of bits of CPUID 1 ECX, 1 EDX, 7 EBX, 80000001h ECX and EDX.
        (uint Leaf, char Register, int Bit, string Name)[] names =
        [
            (1, 'c', 0, "pni"), (1, 'c', 1, "pclmulqdq"), (1, 'c', 3, "monitor"), (1, 'c', 9, "ssse3"), (1, 'c', 12, "fma"), (1, 'c', 13, "cx16"),
            (1, 'c', 19, "sse4_1"), (1, 'c', 20, "sse4_2"), (1, 'c', 21, "x2apic"), (1, 'c', 22, "movbe"), (1, 'c', 23, "popcnt"),
            (1, 'c', 24, "tsc_deadline_timer"), (1, 'c', 25, "aes"), (1, 'c', 26, "xsave"), (1, 'c', 28, "avx"), (1, 'c', 31, "hypervisor"),
            (1, 'd', 0, "fpu"), (1, 'd', 3, "pse"), (1, 'd', 4, "tsc"), (1, 'd', 5, "msr"), (1, 'd', 6, "pae"), (1, 'd', 8, "cx8"), (1, 'd', 9, "apic"),
            (1, 'd', 11, "sep"), (1, 'd', 12, "mtrr"), (1, 'd', 13, "pge"), (1, 'd', 15, "cmov"), (1, 'd', 16, "pat"), (1, 'd', 19, "clflush"),
            (1, 'd', 23, "mmx"), (1, 'd', 24, "fxsr"), (1, 'd', 25, "sse"), (1, 'd', 26, "sse2"),
            (7, 'b', 0, "fsgsbase"), (7, 'b', 1, "tsc_adjust"), (7, 'b', 3, "bmi1"), (7, 'b', 5, "avx2"), (7, 'b', 7, "smep"), (7, 'b', 9, "erms"),
            (7, 'b', 20, "smap"), (0x8000_0001, 'c', 0, "lahf_lm"), (0x8000_0001, 'd', 11, "syscall"), (0x8000_0001, 'd', 20, "nx"),
            (0x8000_0001, 'd', 26, "pdpe1gb"), (0x8000_0001, 'd', 27, "rdtscp"), (0x8000_0001, 'd', 29, "lm"),
        ];
        foreach (var (leaf, register, bit, name) in names)
        {
            var values = PortableProfile.Instance.Cpuid.First(candidate => candidate.Leaf == leaf);
            uint value = register switch { 'b' => values.Ebx, 'c' => values.Ecx, _ => values.Edx };
            Assert.True((value >> bit & 1) != 0 == flags.Contains(name), $"{name} in the profile: {value >> bit & 1}; in Linux: {flags.Contains(name)}");
        }
        Assert.Contains("VirtTools portable x86-64 processor", info, StringComparison.Ordinal);
    }

    [LinuxGuestFact]
    public async Task Firmware_tables_carry_the_machines_identity() =>
        Assert.Equal(Linux.Options.Id, Guid.Parse(await Linux.AskAsync("cat /sys/class/dmi/id/product_uuid")));

    [LinuxGuestFact]
    public async Task Random_numbers_come_from_the_host()
    {
        Assert.StartsWith("virtio_rng", await Linux.AskAsync("cat /sys/class/misc/hw_random/rng_current"), StringComparison.Ordinal);
        var first = await Linux.RunAsync("head -c 4096 /dev/hwrng");
        var second = await Linux.RunAsync("head -c 4096 /dev/hwrng");
        Assert.Equal(4096, first.Output.Length);
        Assert.NotEqual(first.Output, second.Output);
        // 4096 random bytes hold 256 × (1 − e^−16) values: all of them but with a chance of one in 30,000.
        Assert.InRange(first.Output.Distinct().Count(), 250, 256);
    }

    [LinuxGuestFact]
    public async Task Both_processors_take_timer_interrupts_and_calls_of_the_other()
    {
        async Task<(long Timer, long Calls)[]> CountAsync()
        {
            string[] lines = (await Linux.AskAsync("cat /proc/interrupts")).Split('\n');
            long[] Row(string name) => [.. lines.First(line => line.TrimStart().StartsWith(name + ":", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(2).Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
            return [.. Row("LOC").Zip(Row("RES").Zip(Row("CAL"), Row("TLB")), (timer, calls) => (timer, calls.First + calls.Second + calls.Third))];
        }
        var before = await CountAsync();
        // Each processor works for a while: its scheduler tick cannot be elsewhere.
        await Linux.AskAsync("for cpu in 0 1; do taskset $((1 << cpu)) sh -c 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done' & done; wait");
        var after = await CountAsync();
        for (int cpu = 0; cpu < 2; cpu++) Assert.True(after[cpu].Timer > before[cpu].Timer, $"Processor {cpu} took no timer interrupt.");
        Assert.True(after.Sum(one => one.Calls) > 0, "No processor ever called the other.");
    }

    [LinuxGuestFact]
    public async Task Machine_has_the_devices_and_their_drivers()
    {
        string drivers = await Linux.AskAsync("for d in /sys/bus/virtio/devices/*; do basename $(readlink $d/driver); done | sort");
        Assert.Equal("virtio_balloon\nvirtio_console\nvirtio_rng\nvmw_vsock_virtio_transport", drivers);
        string interrupts = await Linux.AskAsync("cat /proc/interrupts");
        Assert.Contains("PCI-MSI", interrupts, StringComparison.Ordinal);
        Assert.Contains("acpi", interrupts, StringComparison.Ordinal);
    }
}

using VirtEngine.Machines;
using VirtEngine.Tests.Linux;

namespace HardwareLabTests;

/// <summary>Debian's cloud kernel on the KVM backend, run in the lab. Kernel and initial RAM file system are named by the environment.</summary>
public static class KvmLinuxCases
{
    internal const string KernelVariable = "LAB_KERNEL", InitrdVariable = "LAB_INITRD";

    public static void Debians_kernel_boots_and_its_agent_answers() => With(async machine =>
    {
        Assert.Equal("Linux", await machine.AskAsync("uname -s"));
        await machine.PowerOffAsync();
    });

    private static void With(Func<LinuxMachine, Task> use, int processors = 1) => UseAsync(use, processors).GetAwaiter().GetResult();

    private static async Task UseAsync(Func<LinuxMachine, Task> use, int processors)
    {
        await using var machine = await LinuxMachine.BootAsync(new MachineOptions
        {
            Id = Guid.NewGuid(),
            Name = "linux",
            Processors = processors,
            Memory = 256ul << 20,
            Hypervisor = "kvm",
            Kernel = Environment.GetEnvironmentVariable(KernelVariable)!,
            Initrd = Environment.GetEnvironmentVariable(InitrdVariable),
            CommandLine = "console=ttyS0",
        });
        await use(machine);
    }
}

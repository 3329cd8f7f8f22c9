using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>One machine with 2 processors and 512 MiB for all tests that leave it as they found it.</summary>
public sealed class SharedLinuxMachine : IAsyncLifetime
{
    private LinuxMachine? booted;

    internal LinuxMachine Linux => booted ?? throw new InvalidOperationException("The guest was not booted.");

    public async Task InitializeAsync()
    {
        if (LinuxGuest.Unavailable is null) booted = await LinuxMachine.BootAsync(processors: 2, mebibytes: 512);
    }

    public async Task DisposeAsync()
    {
        if (booted is null) return;
        Assert.True(booted.Machine.State == MachineState.Running, booted.Describe("A test did not leave the machine running"));
        await booted.DisposeAsync();
    }
}

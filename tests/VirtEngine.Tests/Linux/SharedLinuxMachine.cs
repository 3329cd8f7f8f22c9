using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>One machine with 2 processors and 512 MiB for all tests that leave it as they found it.</summary>
public sealed class SharedLinuxMachine : IAsyncLifetime
{
    private LinuxMachine? _booted;

    internal LinuxMachine Linux => _booted ?? throw new InvalidOperationException("The guest was not booted.");

    public async Task InitializeAsync()
    {
        if (LinuxGuest.Unavailable is null) _booted = await LinuxMachine.BootAsync(processors: 2, mebibytes: 512);
    }

    public async Task DisposeAsync()
    {
        if (_booted is null) return;
        Assert.True(_booted.Machine.State == MachineState.Running, _booted.Describe("A test did not leave the machine running"));
        await _booted.DisposeAsync();
    }
}

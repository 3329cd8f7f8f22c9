using VirtEngine.Machines;

namespace VirtEngine.Tests.Linux;

/// <summary>One machine with 2 processors and 512 MiB for all tests that leave it as they found it.</summary>
public sealed class SharedLinuxMachine : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-linux");

    private LinuxMachine? _booted;

    internal LinuxMachine Linux => _booted ?? throw new InvalidOperationException("The guest was not booted.");

    /// <summary>Where the host meets the machine's sockets.</summary>
    internal string VsockPath => Path.Combine(_directory.FullName, "v");

    public async Task InitializeAsync()
    {
        if (LinuxGuest.Unavailable is null) _booted = await LinuxMachine.BootAsync(processors: 2, mebibytes: 512, LinuxMachine.SelfTests, vsockPath: VsockPath);
    }

    public async Task DisposeAsync()
    {
        if (_booted is not null)
        {
            Assert.True(_booted.Machine.State == MachineState.Running, _booted.Describe("A test did not leave the machine running"));
            await _booted.DisposeAsync();
        }

        _directory.Delete(recursive: true);
    }
}

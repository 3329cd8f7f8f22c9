using HardwareLab;
using VirtEngine.Store;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Kvm;

/// <summary>A machine for the lab, run there by the packaged worker, with its console on standard output.</summary>
internal sealed class LabWorker : IDisposable
{
    internal const int MemoryMiB = 512;

    // The console is in a file of the machine's directory; tail ends with the worker.
    private const string Script = """
        rm -rf "$1"/console-* /tmp/machine.socket
        tail --pid=$$ -s 0.01 -n +1 -F "$1/console-000000000000.log" 2>/dev/null &
        exec "$2" machine "$1" --socket /tmp/machine.socket >/tmp/worker.log 2>&1
        """;

    private readonly MachineFixture _fixture = new();
    private readonly string _directory, _worker;

    /// <summary>Makes the machine; before the lab boots, which sees the host's files as they are then.</summary>
    /// <param name="commandLine">The kernel's.</param>
    /// <param name="initrd">An initial RAM file system other than the guest's.</param>
    /// <param name="disks">Its disks.</param>
    internal LabWorker(string commandLine, string? initrd = null, params MachineDisk[] disks)
    {
        _worker = Repository.Find("out", "VirtTools", "bin", "linux-x64", "VirtWorker");
        var image = DebianGuest.Image;
        var id = _fixture.Host.Create(new Machine
        {
            Name = "lab", Memory = ByteSize.FromMiB(MemoryMiB), Hypervisor = HypervisorKind.Kvm, Profile = MachineProfile.Host,
            Boot = new() { Kernel = image.KernelPath, Initrd = initrd ?? image.InitrdPath, CommandLine = commandLine }, Disks = [.. disks],
        });
        _directory = new MachineStore(_fixture.Root).DirectoryOf(id).Path;
    }

    /// <summary>The program that runs it in the lab, its arguments, and its environment.</summary>
    internal (string Program, string[] Arguments, Dictionary<string, string> Environment) Command =>
        ("/bin/bash", ["-c", Script, "worker", _directory, _worker], new() { ["VIRTTOOLS_HOME"] = _fixture.Root.Directory });

    /// <summary>Boots it once.</summary>
    internal BootTime Boot(LabMachine lab, string marker, TimeSpan limit)
    {
        var (program, arguments, environment) = Command;
        return BootTime.MeasureAsync(lab, marker, limit, program, arguments, environment).GetAwaiter().GetResult();
    }

    public void Dispose() => _fixture.Dispose();
}

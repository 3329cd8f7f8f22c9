using VirtEngine.Control;
using VirtEngine.Hosts;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtBenchmarks;

/// <summary>A root of its own with a Debian guest and the packaged worker, as users have it, removed with all its machines.</summary>
internal sealed class MachineFixture : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");

    internal MachineFixture()
    {
        Root = VirtRoot.At(_directory.FullName);
        Root.Create();
        Host = new(Root);
    }

    internal VirtRoot Root { get; }

    internal LocalHost Host { get; }

    /// <summary>The worker that <c>build.sh package</c> makes, self-contained and compiled ahead; workers that are started later are this one.</summary>
    /// <exception cref="FigureUnavailableException">It is not there.</exception>
    internal static void UsePackagedWorker() => UseWorker(OperatingSystem.IsWindows()
        ? Repository.Find("out", "VirtTools", "bin", "win-x64", "VirtWorker.exe")
        : Repository.Find("out", "VirtTools", "bin", "linux-x64", "VirtWorker"));

    /// <summary>The worker of a build from source, compiled just in time; workers that are started later are this one.</summary>
    /// <exception cref="FigureUnavailableException">It is not there.</exception>
    internal static void UseBuiltWorker() => UseWorker(Repository.Find("src", "VirtWorker", "bin", "Release", "net10.0", "VirtWorker.dll"));

    /// <summary>Cmdlets that run later work on this root.</summary>
    internal void UseRoot() => Environment.SetEnvironmentVariable("VIRTTOOLS_HOME", _directory.FullName);

    /// <summary>Makes a machine that boots Debian's cloud kernel.</summary>
    /// <exception cref="FigureUnavailableException">This system has no Debian packages.</exception>
    internal Guid CreateGuest(string name, ByteSize memory, int processors = 1)
    {
        var image = DebianGuest.Image;
        return Host.Create(new Machine
        {
            Name = name, Processors = processors, Memory = memory,
            Boot = new() { Kernel = image.KernelPath, Initrd = image.InitrdPath, CommandLine = image.CommandLine },
        });
    }

    internal void TurnOff(Guid id)
    {
        var machine = Host.GetMachineAsync(id, default).GetAwaiter().GetResult();
        if (LocalHost.IsRunning(machine)) Host.StopAsync(machine, StopMode.TurnOff, TimeSpan.Zero, true, default).GetAwaiter().GetResult();
    }

    private static void UseWorker(string path) => Environment.SetEnvironmentVariable("VIRTTOOLS_WORKER", path);

    public void Dispose()
    {
        foreach (var machine in Host.GetMachinesAsync(static (_, _) => { }, default).GetAwaiter().GetResult()) TurnOff(machine.Id);
        _directory.Delete(recursive: true);
    }
}

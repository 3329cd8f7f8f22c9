using VirtEngine.Control;
using VirtEngine.Hosts;
using VirtEngine.Images;
using VirtEngine.Store;
using VirtSpecs;

namespace VirtBenchmarks;

/// <summary>A root of its own with a Debian guest and the packaged worker, as users have it, removed with all its machines.</summary>
internal sealed class MachineFixture : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("virttools-bench");

    internal MachineFixture()
    {
        Root = VirtRoot.At(directory.FullName);
        Root.Create();
        Host = new(Root);
    }

    internal VirtRoot Root { get; }

    internal LocalHost Host { get; }

    /// <summary>Where <c>build.sh package</c> puts this platform's worker; workers that are started later are this one.</summary>
    /// <exception cref="FigureUnavailableException">It is not there.</exception>
    internal static void UsePackagedWorker()
    {
        var (platform, name) = OperatingSystem.IsWindows() ? ("win-x64", "VirtWorker.exe") : ("linux-x64", "VirtWorker");
        var place = Path.Combine("out", "VirtTools", "bin", platform, name);
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            if (!File.Exists(Path.Combine(above.FullName, place))) continue;
            Environment.SetEnvironmentVariable("VIRTTOOLS_WORKER", Path.Combine(above.FullName, place));
            return;
        }

        throw new FigureUnavailableException($"there is no {place}; './build.sh package' makes it");
    }

    /// <summary>Makes a machine that boots Debian's cloud kernel.</summary>
    /// <exception cref="FigureUnavailableException">This system has no Debian packages.</exception>
    internal Guid CreateGuest(string name, ByteSize memory)
    {
        if (!File.Exists("/usr/bin/apt-get")) throw new FigureUnavailableException("the guest is made of Debian's packages");
        var image = new DebianImageBuilder(new ImageStore(directory.FullName)).Build();
        return Host.Create(new Machine { Name = name, Memory = memory, Boot = new() { Image = image.Name } });
    }

    internal void TurnOff(Guid id)
    {
        var machine = Host.GetMachineAsync(id, default).GetAwaiter().GetResult();
        if (LocalHost.IsRunning(machine)) Host.StopAsync(machine, StopMode.TurnOff, TimeSpan.Zero, true, default).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        foreach (var machine in Host.GetMachinesAsync(static (_, _) => { }, default).GetAwaiter().GetResult()) TurnOff(machine.Id);
        directory.Delete(recursive: true);
    }
}

using System.Management.Automation;
using PipelineHost;
using VirtEngine.Hosts;
using VirtEngine.Tests.Boot;
using VirtFoundation.Store;

namespace VirtCmdlets.Tests;

/// <summary>A shell with the module imported, a root of its own, and workers whose machines play scripts.</summary>
internal sealed class Shell : IDisposable
{
    private static readonly Lock Environments = new();

    private readonly string _home = Directory.CreateTempSubdirectory("vt-").FullName;

    public Shell()
    {
        lock (Environments)
        {
            // The tests of this assembly run one after the other; see AssemblyAttributes.
            Environment.SetEnvironmentVariable("VIRTTOOLS_HOME", Path.Combine(_home, "root"));
            Environment.SetEnvironmentVariable("VIRTTOOLS_WORKER", Path.Combine(AppContext.BaseDirectory, "FakeWorker.dll"));
        }

        Host.Import(Path.Combine(AppContext.BaseDirectory, "VirtTools.psd1"));
    }

    public ScriptHost Host { get; } = new();

    public string this[string file] => Path.Combine(_home, file);

    /// <summary>Runs a script that must not meet an error.</summary>
    public IList<object?> Run(string script)
    {
        var result = Host.Run(script);
        Assert.Empty(result.Errors.Select(error => $"{error.FullyQualifiedErrorId}: {error}"));
        return result.Output;
    }

    public T One<T>(string script) => Assert.IsType<T>(Assert.Single(Run(script)));

    /// <summary>Runs a script that must meet one error.</summary>
    public ErrorRecord Fail(string script) => Assert.Single(Host.Run(script).Errors);

    /// <summary>Installs an image whose kernel is none that a processor could run.</summary>
    public void InstallImage(string name)
    {
        File.WriteAllBytes(this["kernel"], KernelFiles.Elf());
        Run($"Install-VirtImage {name} -Kernel '{this["kernel"]}' -CommandLine '{name}'");
    }

    public void Dispose()
    {
        // A host that was stopped runs no more: the machines are asked for beside it.
        var machines = new LocalHost(VirtRoot.Find()).GetMachinesAsync((_, _) => { }, CancellationToken.None).Result;
        var switches = new LocalSwitchHost(VirtRoot.Find()).ListAsync((_, _) => { }, CancellationToken.None).Result;
        foreach (var id in machines.Select(machine => machine.ProcessId).Concat(switches.Select(one => one.ProcessId)).OfType<int>())
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }

        Directory.Delete(_home, recursive: true);
    }
}

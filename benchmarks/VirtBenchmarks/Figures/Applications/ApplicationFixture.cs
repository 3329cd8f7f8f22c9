using AppLayer.Applications;
using AppLayer.Store;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Applications;

/// <summary>A root of its own with one application over one layer, run by the packaged worker, as users have it.</summary>
internal sealed class ApplicationFixture : IDisposable
{
    private const string Layer = "measured";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");

    /// <summary>Makes it.</summary>
    /// <param name="platform">Whose programs it is for.</param>
    /// <param name="file">Where in its tree the layer has a file.</param>
    /// <param name="command">The application's program.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <exception cref="FigureUnavailableException">There is no packaged worker.</exception>
    internal ApplicationFixture(LayerPlatform platform, string file, string command, params string[] arguments)
    {
        MachineFixture.UsePackagedWorker();
        Root = VirtRoot.At(this["root"]);
        Host = new(Root);
        var content = this[$"tree/{file}"];
        Directory.CreateDirectory(Path.GetDirectoryName(content)!);
        File.WriteAllText(content, Layer);
        new LayerStore(Root).Commit(new(this["tree"]), new(Layer, "1", platform));
        Id = Host.Create(new() { Name = Layer, Layers = [new(Layer)], Command = command, Arguments = [.. arguments] });
    }

    internal VirtRoot Root { get; }

    internal LocalApplicationHost Host { get; }

    /// <summary>The application.</summary>
    internal Guid Id { get; }

    /// <summary>A place of the fixture's own.</summary>
    internal string this[string name] => Path.Combine(_directory.FullName, name);

    /// <summary>Runs the program.</summary>
    /// <returns>Seconds from the call to the knowledge of its exit code.</returns>
    internal async Task<double> RunAsync(int exitCode)
    {
        MachineFixture.UsePackagedWorker();
        var ended = 0;
        var seconds = await Task.Run(() => Work.Seconds(() => ended = RunAsync().GetAwaiter().GetResult())).ConfigureAwait(false);
        await Host.WaitForEndAsync(Id, default).ConfigureAwait(false);
        return ended == exitCode ? seconds : throw new InvalidOperationException($"The program ended with {ended}.");

        async Task<int> RunAsync()
        {
            var program = await Host.StartAsync(Id, new(), null, default).ConfigureAwait(false);
            return await Host.WaitAsync(Id, program.Number, default).ConfigureAwait(false);
        }
    }

    public void Dispose() => TreeRemoval.TryRemove(_directory.FullName);
}

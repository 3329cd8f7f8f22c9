using AppLayer.Store;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtBenchmarks.Figures.Store;

/// <summary>A tree of 600 MiB in 5,000 files, of the sizes that an application has: a few large ones, many small ones; and a place for stores.</summary>
internal sealed class LayerFiles : IDisposable
{
    private const int Files = 5000, LargeFiles = 20, Directories = 200;
    private const int Huge = 80 << 20, Large = 8 << 20, Small = (600 - 80 - (LargeFiles * 8)) * (1 << 20) / (Files - LargeFiles - 1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private int _stores;

    internal LayerFiles()
    {
        var random = new Random(3);
        var block = new byte[Huge];
        random.NextBytes(block);
        for (var i = 0; i < Files; i++)
        {
            var directory = Path.Combine(Source, $"d{i % Directories}");
            Directory.CreateDirectory(directory);
            var length = i == 0 ? Huge : i <= LargeFiles ? Large : Small / 2 + random.Next(Small);
            BitConverter.TryWriteBytes(block, i);
            using var file = File.OpenHandle(Path.Combine(directory, $"f{i}"), FileMode.Create, FileAccess.Write);
            RandomAccess.Write(file, block.AsSpan(0, length), 0);
        }

        Work.Run("sync");
    }

    internal string Source => Path.Combine(_directory.FullName, "source");

    internal string this[string name] => Path.Combine(_directory.FullName, name);

    /// <summary>A store of its own, empty.</summary>
    internal LayerStore NewStore() => new(VirtRoot.At(this[$"store{_stores++}"]));

    /// <summary>Removes all stores and copies, and waits for the disk: nobody pays for who was before.</summary>
    internal void Clean()
    {
        foreach (var directory in _directory.GetDirectories().Where(directory => directory.Name != "source")) directory.Delete(recursive: true);
        Work.Run("sync");
    }

    internal void Commit(LayerStore store, string version) => store.Commit(new(Source), new("app", version, LayerPlatform.Linux));

    public void Dispose() => _directory.Delete(recursive: true);
}

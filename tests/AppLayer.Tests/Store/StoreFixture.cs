using System.Diagnostics;
using AppLayer.Registry;
using AppLayer.Store;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Store;

/// <summary>A store in a directory of its own, and a source to commit.</summary>
internal sealed class StoreFixture : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    internal StoreFixture()
    {
        Root = VirtRoot.At(_directory["root"]);
        Store = new(Root);
        Source = Directory.CreateDirectory(_directory["source"]).FullName;
    }

    internal VirtRoot Root { get; }

    internal LayerStore Store { get; }

    internal string Source { get; }

    internal string this[string name] => _directory[name];

    public void Dispose()
    {
        // Trees hold directories that deny their owner, and names that only Linux knows.
        if (OperatingSystem.IsLinux()) Shell($"chmod -R u+rwx '{_directory.Path}'; rm -rf '{_directory.Path}'/*");
        _directory.Dispose();
    }

    /// <summary>Runs a shell's commands in the source.</summary>
    /// <returns>What they wrote.</returns>
    internal string Shell(string commands)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-euc", commands])
        {
            WorkingDirectory = Directory.Exists(Source) ? Source : _directory.Path, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["LC_ALL"] = "C.UTF-8" },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{commands}\nended with {process.ExitCode}: {errors.Result}{output}");
        return output;
    }

    internal string WriteFile(string place, string content)
    {
        var path = Path.Combine(Source, place);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    internal LayerInfo Commit(string name = "app", string version = "1", RegistryKey? registry = null, LayerPlatform platform = LayerPlatform.Linux) =>
        Store.Commit(new(Source) { Registry = registry }, new(name, version, platform));

    internal string[] Left(string pattern) => Directory.Exists(Root.LayersDirectory) ? Directory.GetFileSystemEntries(Root.LayersDirectory, pattern) : [];

    internal string[] Objects() => Directory.Exists(Path.Combine(Root.LayersDirectory, "objects"))
        ? Directory.GetFiles(Path.Combine(Root.LayersDirectory, "objects"), "*", SearchOption.AllDirectories) : [];
}

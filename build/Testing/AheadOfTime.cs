using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using VirtTools.Build.Packaging;

namespace VirtTools.Build.Testing;

/// <summary>
/// Compiles what tests start again and again ahead of time, as the package is: hundreds of workers live less than a second, and the just-in-time
/// compiler would have half of it. The assemblies that the build made are replaced where they lie; the next build puts its own there again.
/// </summary>
internal static class AheadOfTime
{
    private static readonly string[] Assemblies =
        [.. ModuleLayout.OwnAssemblies, "VirtSpecs.Yaml", "VirtWorker", "VirtEngine.Conformance", "Iced", "YamlDotNet", "ZstdSharp", "xunit.assert", "xunit.execution.dotnet"];

    // Beside the package that the restore of build/ has brought (PackageDownload in Build.csproj).
    private static string Compiler { get; } = Path.Combine(
        typeof(AheadOfTime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Crossgen").Value!,
        OperatingSystem.IsWindows() ? "crossgen2.exe" : "crossgen2");

    /// <summary>Compiles them, each once, wherever it lies. Without a compiler for this platform tests only take longer.</summary>
    internal static void Compile()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !File.Exists(Compiler)) return;
        var copies = ((string[])["src", "tests", "tools"]).SelectMany(part => Directory.GetDirectories(Repository.At(part)))
            .Select(project => new DirectoryInfo(Path.GetDirectoryName(Repository.AssemblyOf(project))!)).Where(output => output.Exists)
            .SelectMany(output => output.GetFiles("*.dll")).Where(file => Assemblies.Contains(Path.GetFileNameWithoutExtension(file.Name)))
            .GroupBy(file => (file.Name, file.Length, file.LastWriteTimeUtc)).Where(group => !PackageCheck.IsReadyToRun(group.First().FullName)).ToList();
        Console.WriteLine($"Compiling {copies.Count} assemblies ahead.");
        Parallel.ForEach(Partitioner.Create(copies, EnumerablePartitionerOptions.NoBuffering), new() { MaxDegreeOfParallelism = 2 }, Replace);
    }

    private static void Replace(IEnumerable<FileInfo> copies)
    {
        var first = copies.First();
        var compiled = Path.Combine(Directory.CreateDirectory(Repository.At("out", "ahead")).FullName, $"{Guid.NewGuid():N}.dll");
        var (code, output) = Command.Capture(Compiler,
        [
            first.FullName, "-o", compiled, "-O", "--targetos", OperatingSystem.IsWindows() ? "windows" : "linux", "--targetarch", "x64",
            "-r", Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "*.dll"), "-r", Path.Combine(first.DirectoryName!, "*.dll"),
        ]);
        if (code != 0) throw new TaskFailedException($"{first.FullName} cannot be compiled ahead:\n{output}");
        // Under another name first: who has the old file mapped keeps it.
        foreach (var copy in copies)
        {
            File.Copy(compiled, copy.FullName + ".ahead", overwrite: true);
            File.Move(copy.FullName + ".ahead", copy.FullName, overwrite: true);
        }

        File.Delete(compiled);
    }
}

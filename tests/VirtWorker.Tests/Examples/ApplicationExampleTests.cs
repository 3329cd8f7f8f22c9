using System.Diagnostics;
using System.Reflection;
using AppLayer.Activation;
using AppLayer.Footprint;
using VirtFoundation.Store;
using VirtTools.Tests;
using VirtWorker.Tests.Applications;

namespace VirtWorker.Tests.Examples;

/// <summary>
/// The demo's applications, deployed, used, reset and removed by their scripts as they stand, in tools/PipelineHost. Their own check must find
/// what they plant and then nothing; and ours, where theirs does not look, must find nothing.
/// </summary>
[Collection(FootprintCollection.Name)]
public sealed class ApplicationExampleTests(WineRoot wine) : IClassFixture<WineRoot>, IDisposable
{
    private const int Minutes = 5;

    // What the scripts do not look at themselves. Of /usr/lib, what the programs run from: gigabytes of other packages' libraries are below it.
    private static readonly string[] Places = ["/usr/local", "/usr/share/man", "/var/lib/dpkg"];
    private static readonly string[] WinePlaces = ["/usr/lib/wine", "/usr/lib/x86_64-linux-gnu/wine", "/usr/share/wine"];

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;

    private VirtRoot Root => VirtRoot.At(Path.Combine(_directory, "root"));

    internal static string Repository => Path.GetFullPath(
        typeof(ApplicationExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "RepositoryRoot").Value!);

    public void Dispose() => TreeRemoval.TryRemove(_directory);

    [RootFact]
    public Task Of_the_Linux_applications_nothing_is_left() => RunAsync("linux", "Left on the system: 0 changes", Places);

    [DemoFact]
    public async Task Of_the_Windows_applications_nothing_is_left()
    {
        // Making one is another story, which takes long: the script finds one. Nobody may write to it, so the files can be the same.
        await BasePrefix.ProvideAsync(wine.Root, WineInstallation.Find(), null, CancellationToken.None);
        Root.Create();
        await RunAsync(new("cp", ["-al", BasePrefix.DirectoryOf(wine.Root) + "/.", BasePrefix.DirectoryOf(Root)]));
        var output = await RunAsync("windows", "Left on the system and in the prefix: 0 changes", [.. Places, .. WinePlaces]);
        foreach (var version in (string[])["18.20.8", "22.23.3"])
        {
            Assert.Contains($@"v{version} C:\Program Files\nodejs\node.exe", output, StringComparison.Ordinal);
        }
    }

    private async Task<string> RunAsync(string platform, string lastLine, IReadOnlyList<string> places)
    {
        var demo = Directory.CreateDirectory(Path.Combine(_directory, "out", "demo")).FullName;
        foreach (var file in DemoFactAttribute.Files.Select(name => Path.Combine(DemoFactAttribute.Directory, name)).Where(Path.Exists))
        {
            File.CreateSymbolicLink(Path.Combine(demo, Path.GetFileName(file)), file);
        }

        var examples = Directory.CreateDirectory(Path.Combine(_directory, "examples")).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository, "examples"), $"applications-{platform}.*"))
        {
            File.Copy(file, Path.Combine(examples, Path.GetFileName(file)));
        }

        var before = await TakeAsync("before", places);
        var output = await RunScriptAsync(Path.Combine(examples, $"applications-{platform}.ps1"));
        Assert.Matches(@"Added +/opt/planted +file of 1 bytes", output);
        Assert.True(output.TrimEnd().EndsWith(lastLine, StringComparison.Ordinal), output);
        Assert.Empty(await FootprintComparison.CompareAsync(before, await TakeAsync("after", places)));
        Assert.Empty(Directory.GetDirectories(Root.ApplicationsDirectory));
        return output;
    }

    private Task<FootprintSnapshot> TakeAsync(string name, IEnumerable<string> places) =>
        FootprintSnapshot.TakeAsync(places.Select(place => new FootprintPlace(place)), Path.Combine(_directory, $"{name}.footprint"), null, CancellationToken.None);

    private Task<string> RunScriptAsync(string script)
    {
        var build = Path.Combine("bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name);
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(Repository, "tools", "PipelineHost", build, "PipelineHost.dll"),
            "-Module", Path.Combine(Repository, "src", "VirtCmdlets", build, "VirtTools.psd1"), "-File", script,
        ])
        {
            WorkingDirectory = _directory,
        };
        start.Environment["VIRTTOOLS_HOME"] = Root.Directory;
        start.Environment["VIRTTOOLS_WORKER"] = Path.Combine(AppContext.BaseDirectory, "VirtWorker.dll");
        return RunAsync(start);
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(Minutes));
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

using System.Diagnostics;
using System.Reflection;
using AppLayer.Footprint;
using VirtFoundation.Store;
using VirtTools.Tests;

namespace VirtWorker.Tests.Examples;

/// <summary>
/// The demo's applications, deployed, used, reset and removed by their scripts as they stand, in tools/PipelineHost. Their own check must find
/// what they plant and then nothing; and ours, over all of it, must find nothing.
/// </summary>
[Collection(FootprintCollection.Name)]
public sealed class ApplicationExampleTests : IDisposable
{
    private const int Minutes = 5;

    // Of /usr/lib, what the programs run from: gigabytes of other packages' libraries are below it, each of which would be read four times.
    private static readonly FootprintPlace[] Places =
    [
        new("/etc"), new("/srv"), new("/usr/bin"), new("/usr/lib/wine"), new("/usr/lib/x86_64-linux-gnu/wine"), new("/usr/local"),
        new("/usr/share/doc"), new("/usr/share/man"), new("/usr/share/wine"), new("/var/lib/dpkg"),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;

    internal static string Repository => Path.GetFullPath(
        typeof(ApplicationExampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "RepositoryRoot").Value!);

    public void Dispose() => TreeRemoval.TryRemove(_directory);

    [RootFact]
    public Task Of_the_Linux_applications_nothing_is_left() => RunAsync("linux", "Left on the system: 0 changes");

    [DemoFact]
    public async Task Of_the_Windows_applications_nothing_is_left()
    {
        var output = await RunAsync("windows", "Left on the system and in the prefix: 0 changes");
        foreach (var version in (string[])["18.20.8", "22.23.3"])
        {
            Assert.Contains($@"v{version} C:\Program Files\nodejs\node.exe", output, StringComparison.Ordinal);
        }
    }

    private async Task<string> RunAsync(string platform, string lastLine)
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

        var before = await TakeAsync("before");
        var output = await RunScriptAsync(Path.Combine(examples, $"applications-{platform}.ps1"));
        Assert.Matches(@"Added +/opt/planted +file of 1 bytes", output);
        Assert.True(output.TrimEnd().EndsWith(lastLine, StringComparison.Ordinal), output);
        Assert.Empty(await FootprintComparison.CompareAsync(before, await TakeAsync("after")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(_directory, "root", "applications")));
        return output;
    }

    private Task<FootprintSnapshot> TakeAsync(string name) =>
        FootprintSnapshot.TakeAsync(Places, Path.Combine(_directory, $"{name}.footprint"), null, CancellationToken.None);

    private async Task<string> RunScriptAsync(string script)
    {
        var build = Path.Combine("bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name);
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(Repository, "tools", "PipelineHost", build, "PipelineHost.dll"),
            "-Module", Path.Combine(Repository, "src", "VirtCmdlets", build, "VirtTools.psd1"), "-File", script,
        ])
        {
            WorkingDirectory = _directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["VIRTTOOLS_HOME"] = Path.Combine(_directory, "root");
        start.Environment["VIRTTOOLS_WORKER"] = Path.Combine(AppContext.BaseDirectory, "VirtWorker.dll");
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

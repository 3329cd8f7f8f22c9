using System.Diagnostics;

namespace VirtCmdlets.Tests;

/// <summary>The module as a package has it, with the libraries of others in <c>private/</c> alone.</summary>
public sealed class PackagedModuleTests : IDisposable
{
    private static readonly string[] Own = ["VirtCmdlets", "VirtEngine", "AppLayer", "VirtFoundation", "VirtSpecs"];
    private static readonly string Build =
        Path.Combine("bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, new DirectoryInfo(AppContext.BaseDirectory).Name);

    private readonly string _home = Directory.CreateTempSubdirectory("vt-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Commands_find_the_libraries_of_others()
    {
        Compose();

        File.WriteAllText(Path.Combine(_home, "web.yaml"), "apiVersion: virttools/v1\nkind: Machine\nname: web\nboot: { image: debian }\n");

        // One looks at KVM with a guest made by an assembler; the other reads YAML.
        string output = await RunAsync($"(Get-VirtHost).Hypervisors | ForEach-Object Name; Test-VirtSpec '{_home}/web.yaml'");

        string[] lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("software", lines);
        Assert.Contains("kvm", lines);
        Assert.Equal("True", lines[^1]);
    }

    private void Compose()
    {
        var built = new DirectoryInfo(Path.Combine(Repository.Root, "src", "VirtCmdlets", Build));
        string libraries = Directory.CreateDirectory(Path.Combine(_home, "VirtTools", "private")).FullName;
        var assemblies = built.GetFiles("*.dll").Where(file => file.Name != "VirtWorker.dll").Concat(built.GetDirectories("private").Single().GetFiles("*.dll"));
        foreach (var file in built.GetFiles("VirtTools.*").Concat(assemblies))
        {
            bool ours = file.Extension != ".dll" || Own.Contains(Path.GetFileNameWithoutExtension(file.Name));
            file.CopyTo(Path.Combine(ours ? Path.Combine(_home, "VirtTools") : libraries, file.Name));
        }
    }

    private async Task<string> RunAsync(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet",
        [
            Path.Combine(Repository.Root, "tools", "PipelineHost", Build, "PipelineHost.dll"),
            "-Module", Path.Combine(_home, "VirtTools", "VirtTools.psd1"), "-Command", command,
        ])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["VIRTTOOLS_HOME"] = Path.Combine(_home, "root") },
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal("", await errors);
        return await output;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Capture;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Tests.Capture;

/// <summary>Captures in processes of their own that are killed at random moments.</summary>
[UnsupportedOSPlatform("windows")]
public static class KilledCaptures
{
    public static async Task Run(CapturedSystem system, int rounds)
    {
        ArgumentNullException.ThrowIfNull(system);
        rounds = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? rounds * 25 : rounds;
        var random = new Random(5);
        for (var round = 0; round < rounds; round++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"c{round}");
            await RunAndKill(random, nameof(Start), system.Home, system.Root, name);
            var capture = system.Sessions.List().SingleOrDefault() ?? await system.Start(name);
            Assert.Equal(name, capture.Name);

            system.Write($"opt/{name}", name);
            system.Write("usr/share/big", new string((char)('a' + (round % 26)), 5_000_000));
            await RunAndKill(random, nameof(Stop), system.Home, $"{capture.Id}", name);
            var layer = system.Layers.List().FirstOrDefault(layer => layer.Version == name);
            if (system.Sessions.List().Count == 0)
            {
                Assert.NotNull(layer);
            }
            else
            {
                Assert.Null(layer);
                layer = (await system.Sessions.StopAsync(capture.Id, new("app", name, LayerPlatform.Linux))).Layer;
            }

            Assert.Empty(system.Layers.Test(layer.Id).Findings);
            Assert.Contains($"{{Root}}/opt/{name} {name}", system.Describe(layer.Id));
            // What a killed process left is the next command's to take away.
            system.Sessions.Remove((await system.Start($"{name}-next")).Id);
            Assert.Equal(["names.lock"], Directory.GetFileSystemEntries(Path.Combine(system.Home, "captures")).Select(path => Path.GetFileName(path)));
        }

    }

    // Called by name, in a process of its own.
    internal static void Start(string home, string root, string name) =>
        new CaptureSessions(VirtRoot.At(home)).StartAsync(new() { Name = name, Platform = LayerPlatform.Linux, Root = root }).GetAwaiter().GetResult();

    internal static void Stop(string home, string id, string version) =>
        new CaptureSessions(VirtRoot.At(home)).StopAsync(Guid.Parse(id), new("app", version, LayerPlatform.Linux)).GetAwaiter().GetResult();

    private static async Task RunAndKill(Random random, string method, params string[] arguments)
    {
        var settings = Path.ChangeExtension(typeof(KilledCaptures).Assembly.Location, null);
        var start = new ProcessStartInfo("dotnet", [
            "exec", "--depsfile", settings + ".deps.json", "--runtimeconfig", settings + ".runtimeconfig.json",
            Path.Combine(AppContext.BaseDirectory, "MethodRunner.dll"), typeof(KilledCaptures).Assembly.Location, typeof(KilledCaptures).FullName!, method, .. arguments])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            // From the runtime's start to a little after the end.
            using var moment = new CancellationTokenSource(random.Next(100, 700));
            await process.WaitForExitAsync(moment.Token);
            Assert.True(process.ExitCode == 0, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}

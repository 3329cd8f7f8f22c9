using System.Globalization;
using System.Text;
using AppLayer.Applications;
using AppLayer.Registry;
using AppLayer.Store;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtWorker.Tests.Applications;

/// <summary>A root with layers and applications, whose workers and programs are real processes.</summary>
internal sealed class ApplicationLab : IDisposable
{
    // The nightly form kills often.
    internal static readonly TimeSpan Patience =
        Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? TimeSpan.FromMinutes(30) : TimeSpan.FromSeconds(90);

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;
    private readonly CancellationTokenSource _patience = new(Patience);

    public ApplicationLab(VirtRoot? root = null)
    {
        Root = root ?? VirtRoot.At(Path.Combine(_directory, "root"));
        Host = new(Root);
        Layers = new(Root);
    }

    public VirtRoot Root { get; }

    public LocalApplicationHost Host { get; }

    public LayerStore Layers { get; }

    public CancellationToken Token => _patience.Token;

    /// <summary>A directory of the test's own, outside of the root.</summary>
    public string Scratch => Directory.CreateDirectory(Path.Combine(_directory, "scratch")).FullName;

    /// <summary>Makes a layer of files; those that begin like a script can be run.</summary>
    public LayerInfo AddLayer(
        string name, LayerPlatform platform, Dictionary<string, string> files, RegistryKey? registry = null, string version = "1")
    {
        var tree = Directory.CreateDirectory(Path.Combine(_directory, $"tree-{Guid.NewGuid():N}")).FullName;
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(tree, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            if (text.StartsWith("#!", StringComparison.Ordinal))
            {
                MakeExecutable(file);
            }
        }

        return AddTree(name, platform, tree, registry, version);
    }

    public LayerInfo AddTree(string name, LayerPlatform platform, string tree, RegistryKey? registry = null, string version = "1") =>
        Layers.Commit(
            new(tree) { Registry = registry }, new(name, version, platform), null, Token);

    public Guid Create(string name, string layer, string command, params string[] arguments) => Create(new()
    {
        Name = name, Layers = [LayerReference.Parse(layer)], Command = command, Arguments = [.. arguments],
    });

    public Guid Create(Application spec) => Host.Create(spec);

    public Task<ProgramRecord> StartAsync(Guid id, params string[] arguments) =>
        Host.StartAsync(id, new() { Arguments = arguments }, null, Token);

    /// <summary>Runs an application's program to its end.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(Guid id, params string[] arguments)
    {
        var program = await StartAsync(id, arguments);
        var code = await Host.WaitAsync(id, program.Number, Token);
        var result = (code, await ReadAsync(id, program.Number), await ReadAsync(id, program.Number, isError: true));
        await Host.WaitForEndAsync(id, Token);
        return result;
    }

    public async Task<string> ReadAsync(Guid id, int program, bool isError = false)
    {
        using var all = new MemoryStream();
        await foreach (var part in Host.ReadOutputAsync(id, program, isError, 0, follow: true, Token))
        {
            all.Write(part.Data.Span);
        }

        return Encoding.UTF8.GetString(all.ToArray()).Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd('\n');
    }

    /// <summary>Waits until a program has written a text.</summary>
    public async Task ForTextAsync(Guid id, int program, string text)
    {
        var all = new StringBuilder();
        await foreach (var part in Host.ReadOutputAsync(id, program, isError: false, 0, follow: true, Token))
        {
            if (all.Append(Encoding.UTF8.GetString(part.Data.Span)).ToString().Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"It ended and wrote only: {all}");
    }

    /// <summary>Processes of the computer whose environment or command line names this root.</summary>
    public IReadOnlyList<(int Id, string Command)> FindProcesses()
    {
        var found = new List<(int, string)>();
        foreach (var process in Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            try
            {
                var command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
                var id = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
                var told = command + File.ReadAllText(Path.Combine(process, "environ"));
                if (told.Contains(Root.Directory, StringComparison.Ordinal) && id != Environment.ProcessId)
                {
                    found.Add((id, command));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // It has just ended.
            }
        }

        return found;
    }

    /// <summary>Asserts that nothing runs and nothing is mounted that belongs to this root.</summary>
    public async Task AssertNothingIsLeftAsync()
    {
        while (FindProcesses() is { Count: > 0 } left)
        {
            Assert.False(Token.IsCancellationRequested, string.Join('\n', left));
            await Task.Delay(20);
        }

        Assert.DoesNotContain(Root.Directory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var application in Host.ListAsync((_, _) => { }, CancellationToken.None).GetAwaiter().GetResult().Where(LocalApplicationHost.IsRunning))
        {
            Host.StopAsync(application.Id, TimeSpan.Zero, thenKill: true, CancellationToken.None).GetAwaiter().GetResult();
        }

        _patience.Dispose();
        TreeRemoval.TryRemove(_directory);
    }

    private static void MakeExecutable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
    }
}

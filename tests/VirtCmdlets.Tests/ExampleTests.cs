namespace VirtCmdlets.Tests;

/// <summary>
/// Every script of machines in examples/ runs to its end as it stands; only the guest is played by a script. Those of virtual applications need
/// the real worker, packages and Wine: <c>VirtWorker.Tests</c> runs them.
/// </summary>
public sealed class ExampleTests : IDisposable
{
    private readonly Shell _shell = new();

    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.ps1").Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith("applications-", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public void Dispose() => _shell.Dispose();

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_runs_and_leaves_nothing(string example)
    {
        var output = _shell.Run(Prepare(example));

        Assert.NotEmpty(output);
        Assert.Empty(_shell.Run("Get-VirtMachine"));
        Assert.All(output.OfType<VirtCommandResult>(), result => Assert.True(result.Ended));
    }

    // The examples' image is any kernel here: the guest is played, and must be told to have an agent.
    private string Prepare(string example)
    {
        _shell.InstallImage("debian-12-cloud");
        foreach (var spec in Directory.GetFiles(Path.Combine(Repository.Root, "examples"), "*.yaml"))
        {
            File.WriteAllText(_shell[Path.GetFileName(spec)], File.ReadAllText(spec).Replace(
                "  image: debian-12-cloud", "  image: debian-12-cloud\n  commandLine: agent=on", StringComparison.Ordinal));
        }

        return File.ReadAllText(Path.Combine(Repository.Root, "examples", example))
            .Replace("$PSScriptRoot", Path.GetDirectoryName(_shell["x"]), StringComparison.Ordinal);
    }
}

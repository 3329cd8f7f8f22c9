using System.Diagnostics;
using System.Globalization;
using AppLayer.Store;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Store;

/// <summary>Real processes, killed at random moments of a commit.</summary>
public sealed class KillTests : IDisposable
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 300 : 6;

    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [LinuxFact]
    public void Committing_process_that_is_killed_leaves_old_or_new_and_the_next_command_cleans_up()
    {
        _fixture.Shell("for i in $(seq 300); do head -c 20000 /dev/urandom > f$i; done; head -c 20000000 /dev/urandom > large");
        var old = _fixture.Commit("old");
        var whole = Stopwatch.StartNew();
        using (var undisturbed = Start("undisturbed")) undisturbed.WaitForExit();
        var duration = whole.Elapsed;
        _fixture.Store.Remove(_fixture.Store.Find("undisturbed").Id);
        var random = new Random(11);
        var (killed, made) = (0, 0);
        for (var i = 0; i < Kills; i++)
        {
            _fixture.Store.Collect();
            _fixture.Shell($"date +%N > f1; head -c 20000000 /dev/urandom > large");
            using (var process = Start($"new{i}"))
            {
                // Half of the time is the runtime's start.
                if (!process.WaitForExit(duration * (0.3 + (0.7 * random.NextDouble()))))
                {
                    process.Kill();
                    killed++;
                }
                else
                {
                    duration *= 0.8; // it was measured while the computer was busier
                }

                process.WaitForExit();
            }

            var layers = _fixture.Store.List();
            made += layers.Count - 1;
            Assert.Contains(old, layers);
            Assert.InRange(layers.Count, 1, 2);
            foreach (var layer in layers) Assert.True(_fixture.Store.Test(layer.Id).IsSound, $"kill {i}");
            if (layers.FirstOrDefault(layer => layer.Name == $"new{i}") is { } there) _fixture.Store.Remove(there.Id);
            else _fixture.Store.Remove(_fixture.Commit("next").Id);
            Assert.Empty(_fixture.Left(".*"));
        }

        Assert.True(killed > 0, $"Nothing was killed in {Kills} commits of {duration}; {made} were made.");
    }

    [LinuxFact]
    public void Layers_of_a_process_that_is_killed_are_free_again()
    {
        _fixture.WriteFile("a", "content");
        var layer = _fixture.Commit();
        using var holder = Start(layer.Id.ToString(), nameof(HoldForever));
        Assert.Equal("held", holder.StandardOutput.ReadLine());
        Assert.True(_fixture.Store.IsHeld(layer.Id));

        holder.Kill();
        holder.WaitForExit();

        _fixture.Store.Remove(layer.Id);
    }

    [LinuxFact]
    public async Task Collections_while_others_commit_and_remove_take_nothing_that_is_needed()
    {
        _fixture.Shell("for i in $(seq 50); do echo $i > f$i; done");
        using var end = new CancellationTokenSource();
        var collecting = Task.Run(() =>
        {
            var rounds = 0;
            while (!end.IsCancellationRequested)
            {
                new LayerStore(_fixture.Root).Collect();
                rounds++;
                Thread.Sleep(1);
            }

            return rounds;
        });
        var committing = Enumerable.Range(0, 3).Select(n => Task.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                var store = new LayerStore(_fixture.Root);
                var layer = store.Commit(new(_fixture.Source), new($"app{n}", $"{i}", LayerPlatform.Linux));
                Assert.True(store.Test(layer.Id).IsSound);
                if (i % 2 == 0) store.Remove(layer.Id);
            }
        })).ToArray();

        await Task.WhenAll(committing);
        await end.CancelAsync();

        Assert.True(await collecting > 0);
        Assert.Equal(15, _fixture.Store.List().Count);
        foreach (var layer in _fixture.Store.List()) Assert.True(_fixture.Store.Test(layer.Id).IsSound);
        Assert.Empty(_fixture.Left(".*"));
    }

    private static void CommitOnce(string root, string source, string name) =>
        new LayerStore(VirtRoot.At(root)).Commit(new(source), new(name, "1", LayerPlatform.Linux));

    private static void HoldForever(string root, string source, string id)
    {
        _ = source;
        using var hold = new LayerStore(VirtRoot.At(root)).Hold([Guid.Parse(id, CultureInfo.InvariantCulture)]);
        Console.WriteLine("held");
        Thread.Sleep(TimeSpan.FromMinutes(1));
    }

    private Process Start(string argument, string method = nameof(CommitOnce))
    {
        var assembly = typeof(KillTests).Assembly.Location;
        return Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
        [
            "exec", "--runtimeconfig", Path.ChangeExtension(assembly, ".runtimeconfig.json"), "--depsfile", Path.ChangeExtension(assembly, ".deps.json"),
            Path.Combine(Path.GetDirectoryName(assembly)!, "MethodRunner.dll"), assembly, typeof(KillTests).FullName!, method,
            _fixture.Root.Directory, _fixture.Source, argument,
        ])
        {
            RedirectStandardOutput = true,
            // Its sockets would stay behind when it is killed.
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        })!;
    }
}

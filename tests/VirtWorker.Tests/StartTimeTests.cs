using System.Diagnostics;
using VirtEngine.Store;
using Xunit.Abstractions;

namespace VirtWorker.Tests;

/// <summary>Figures that are told, not judged: a computer under test is a noisy one.</summary>
public sealed class StartTimeTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Time_from_start_to_a_running_worker_is_told()
    {
        using var lab = new Lab();
        var times = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            await lab.StartAsync("", $"m{i}");
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        output.WriteLine($"start to running: {string.Join(", ", times.Select(time => $"{time:0} ms"))} (compiled just in time)");
        Assert.Equal(3, (await lab.Host.GetMachinesAsync((_, e) => throw e, lab.Token)).Count(machine => machine.ProcessId is not null));
    }

    [Fact]
    public async Task Time_to_list_200_stopped_machines_is_told()
    {
        using var lab = new Lab();
        var store = new MachineStore(lab.Root);
        lab.Create("", "m");
        var first = store.List().Single();
        for (var i = 0; i < 199; i++)
        {
            var copy = first with { Id = Guid.NewGuid(), Spec = first.Spec with { Name = $"m{i:000}" } };
            Directory.CreateDirectory(store.DirectoryOf(copy.Id).Path);
            store.DirectoryOf(copy.Id).WriteRecord(copy);
        }

        for (var round = 0; round < 4; round++)
        {
            var clock = Stopwatch.StartNew();
            var found = await lab.Host.GetMachinesAsync((_, e) => throw e, lab.Token);
            output.WriteLine($"200 stopped machines: {clock.Elapsed.TotalMilliseconds:0.0} ms");
            Assert.Equal(200, found.Count);
        }
    }
}

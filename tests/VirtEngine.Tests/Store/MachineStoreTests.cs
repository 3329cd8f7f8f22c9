using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtEngine.Tests.Store;

public sealed class MachineStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly MachineStore _store;

    public MachineStoreTests() => _store = new(VirtRoot.At(_directory["root"]));

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_machine_is_found_again_with_everything_that_was_asked_for()
    {
        var spec = Spec("web01") with
        {
            Processors = 4,
            Memory = ByteSize.FromGiB(2),
            Notes = "first\nsecond",
            Labels = new([new("role", "web"), new("size", "Größe")]),
            Stop = new() { Timeout = TimeSpan.FromMinutes(2) },
        };

        var made = _store.Create(spec);

        var again = new MachineStore(_store.Root).Get(made.Id);
        Assert.Equal(spec, again.Spec);
        Assert.Equal(made.Created, again.Created);
        Assert.Equal(made.Id, _store.Find("WEB01")!.Id);
        Assert.Equal(32, Path.GetFileName(_store.DirectoryOf(made.Id).Path).Length);
    }

    [Fact]
    public void A_name_is_used_once_whatever_its_case_and_free_after_removal()
    {
        var first = _store.Create(Spec("web01"));
        var second = _store.Create(Spec("web02"));

        Assert.Equal(VirtErrorCode.MachineNameInUse, Assert.Throws<VirtException>(() => _store.Create(Spec("Web01"))).Code);
        Assert.Equal(
            VirtErrorCode.MachineNameInUse,
            Assert.Throws<VirtException>(() => _store.Update(second.Id, spec => spec with { Name = "WEB01" })).Code);
        _store.Update(first.Id, spec => spec with { Name = "WEB01" });
        _store.Remove(first.Id);
        _store.Update(second.Id, spec => spec with { Name = "web01" });

        Assert.Equal(["web01"], _store.List().Select(machine => machine.Spec.Name));
        Assert.Equal(VirtErrorCode.MachineNotFound, Assert.Throws<VirtException>(() => _store.Get(first.Id)).Code);
        Assert.Equal(VirtErrorCode.MachineNotFound, Assert.Throws<VirtException>(() => _store.Remove(first.Id)).Code);
    }

    [Fact]
    public async Task A_worker_that_has_recorded_its_end_is_waited_for_and_one_that_runs_is_not()
    {
        var machine = _store.Create(Spec("web01"));
        var directory = _store.DirectoryOf(machine.Id);
        var run = new RunRecord { Process = ProcessIdentity.Current, Started = DateTime.UtcNow, Socket = "" };
        using var worker = FileLock.TryTake(directory.LockPath)!;

        directory.WriteRun(run);
        Assert.Equal(VirtErrorCode.MachineRunning, Assert.Throws<VirtException>(() => _store.Remove(machine.Id)).Code);

        directory.WriteRun(run with { Ended = DateTime.UtcNow });
        var removal = Task.Run(() => _store.Remove(machine.Id));
        Assert.NotSame(removal, await Task.WhenAny(removal, Task.Delay(100)));
        worker.Dispose();
        await removal;
        Assert.Empty(_store.List());
    }

    [Fact]
    public void A_making_that_was_cut_off_is_not_listed_and_goes_away()
    {
        _store.Create(Spec("web01"));
        var half = Directory.CreateDirectory(Path.Combine(_store.Root.MachinesDirectory, Guid.NewGuid().ToString("N"))).FullName;
        var removed = Directory.CreateDirectory(Path.Combine(_store.Root.MachinesDirectory, ".removed-x")).FullName;

        Assert.Single(_store.List());
        _store.Create(Spec("web02"));

        Assert.False(Directory.Exists(half));
        Assert.False(Directory.Exists(removed));
    }

    [Fact]
    public void A_damaged_machine_does_not_hide_the_others()
    {
        var damaged = _store.Create(Spec("web01"));
        _store.Create(Spec("web02"));
        File.WriteAllText(_store.DirectoryOf(damaged.Id).RecordPath, "{");
        var told = new List<(Guid, VirtErrorCode)>();

        var found = _store.List((id, failure) => told.Add((id, failure.Code)));

        Assert.Equal(["web02"], found.Select(machine => machine.Spec.Name));
        Assert.Equal([(damaged.Id, VirtErrorCode.StateFileDamaged)], told);
    }

    [Fact]
    public void A_machine_that_runs_is_not_removed()
    {
        var made = _store.Create(Spec("web01"));
        using (FileLock.TryTake(_store.DirectoryOf(made.Id).LockPath))
        {
            Assert.Equal(VirtErrorCode.MachineRunning, Assert.Throws<VirtException>(() => _store.Remove(made.Id)).Code);
        }

        _store.Remove(made.Id);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Makers_at_the_same_time_get_one_machine_of_a_name()
    {
        var results = new System.Collections.Concurrent.ConcurrentBag<bool>();
        Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 8 }, _ =>
        {
            try
            {
                new MachineStore(_store.Root).Create(Spec("web01"));
                results.Add(true);
            }
            catch (VirtException e) when (e.Code == VirtErrorCode.MachineNameInUse)
            {
                results.Add(false);
            }
        });

        Assert.Single(results, made => made);
        Assert.Single(_store.List());
    }

    private static Machine Spec(string name) => new() { Name = name, Boot = new() { Kernel = "/boot/vmlinuz" } };
}

using AppLayer.Registry;
using AppLayer.Store;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Store;

/// <summary>Whatever step is the last, the store is what it was or what it should become, and the next command cleans up.</summary>
public sealed class CrashTests : IDisposable
{
    private const int MostSteps = 400;

    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [LinuxFact]
    public void Commit_that_fails_at_any_step_leaves_the_old_and_a_word_about_it()
    {
        var old = MakeOld();
        var end = 0;
        for (var step = 1; end == 0 && step < MostSteps; step++)
        {
            var operations = new FailingStoreOperations((_, number) => number == step);
            var failure = Record.Exception(() => Commit(operations));
            if (!operations.Failed)
            {
                end = step;
                Assert.Null(failure);
                continue;
            }

            if (failure is not null)
            {
                Assert.Equal(VirtErrorCode.StorageFailed, Assert.IsType<VirtException>(failure).Code);
                Assert.Contains("full", failure.Message, StringComparison.Ordinal);
            }

            CheckOldOrNew(old, $"step {step}, {operations.Steps[step - 1]}", mustBeOld: failure is not null && operations.Steps[step - 1] != "FlushDirectory");
        }

        Assert.InRange(end, 30, MostSteps);
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Power_that_goes_at_any_step_of_a_commit_leaves_old_or_new(bool keepNames)
    {
        var old = MakeOld();
        var end = 0;
        for (var step = 1; end == 0 && step < MostSteps; step++)
        {
            var operations = new PowerLossStoreOperations(step);
            var failure = Record.Exception(() => Commit(operations));
            end = operations.Failed ? 0 : step;
            operations.Settle(keepNames);
            CheckOldOrNew(old, $"power loss at step {step}, {operations.Steps[^1]}", mustBeNew: failure is null && !operations.Failed);
        }

        Assert.InRange(end, 30, MostSteps);
    }

    [LinuxFact]
    public void Replacing_that_fails_at_any_step_leaves_one_of_the_two()
    {
        _fixture.WriteFile("a", "old");
        for (var step = 1; step < MostSteps; step++)
        {
            var old = _fixture.Store.List() is [var there, ..] ? there : _fixture.Commit();
            _fixture.WriteFile("a", $"new {step}");
            var operations = new FailingStoreOperations((_, number) => number == step);
            var failure = Record.Exception(() => new LayerStore(_fixture.Root, operations) { Threads = 1 }
                .Commit(new(_fixture.Source), new("app", "1", LayerPlatform.Linux) { Replaces = old.Id }));

            var now = Assert.Single(_fixture.Store.List());
            Assert.True(_fixture.Store.Test(now.Id).IsSound, $"step {step}");
            if (failure is null) Assert.NotEqual(old.Id, now.Id);
            if (!operations.Failed) return;
        }

        Assert.Fail("It never ended.");
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Collection_and_removal_that_fail_at_any_step_can_be_done_again(bool powerGoes)
    {
        for (var step = 1; step < MostSteps; step++)
        {
            var kept = MakeOld($"kept{step}");
            _fixture.WriteFile("f1", $"other {step}");
            var removed = _fixture.Commit($"removed{step}");
            var operations = powerGoes ? new PowerLossStoreOperations(step) : new FailingStoreOperations((_, number) => number == step);
            var store = new LayerStore(_fixture.Root, operations);
            _ = Record.Exception(() =>
            {
                store.Remove(removed.Id);
                store.Collect();
            });
            (operations as PowerLossStoreOperations)?.Settle(keepNames: false);

            foreach (var layer in _fixture.Store.List()) Assert.True(_fixture.Store.Test(layer.Id).IsSound, $"step {step}");
            Assert.Contains(_fixture.Store.List(), layer => layer.Id == kept.Id);
            if (_fixture.Store.List().Any(layer => layer.Id == removed.Id)) _fixture.Store.Remove(removed.Id);
            _fixture.Store.Collect();
            Assert.Empty(_fixture.Left(".*"));
            foreach (var layer in _fixture.Store.List()) _fixture.Store.Remove(layer.Id);
            _fixture.Store.Collect();
            Assert.Empty(_fixture.Objects());
            if (!operations.Failed) return;
        }

        Assert.Fail("It never ended.");
    }

    private LayerInfo MakeOld(string name = "old")
    {
        _fixture.Shell(
            """
            mkdir -p d/e; for i in 1 2 3; do echo "file $i" > f$i; done; cp -a f1 d/copy; ln -f f2 d/linked; ln -sf f1 d/link
            head -c 1500000 /dev/urandom > large; setfattr -n user.x -v y f3
            """);
        return _fixture.Commit(name);
    }

    private void Commit(FailingStoreOperations operations)
    {
        _fixture.Shell("head -c 1200000 /dev/urandom > large; date +%N > f1");
        var registry = new RegistryKey("");
        registry.Create(@"Machine\Software\Demo");
        new LayerStore(_fixture.Root, operations) { Threads = 1 }.Commit(new(_fixture.Source) { Registry = registry }, new("new", "1", LayerPlatform.Linux));
    }

    private void CheckOldOrNew(LayerInfo old, string when, bool mustBeOld = false, bool mustBeNew = false)
    {
        var layers = _fixture.Store.List();
        Assert.Contains(layers, layer => layer == old);
        var made = layers.Where(layer => layer.Id != old.Id).ToList();
        Assert.True(made.Count <= (mustBeOld ? 0 : 1) && made.Count >= (mustBeNew ? 1 : 0), $"{when}: {made.Count} new layers");
        foreach (var layer in layers)
        {
            var errors = _fixture.Store.Test(layer.Id).Findings.Where(finding => finding.Severity == FindingSeverity.Error).ToList();
            Assert.True(errors.Count == 0, $"{when}: {string.Join('\n', errors)}");
        }

        // The next command cleans up, and what it shares is sound.
        if (made.Count > 0) _fixture.Store.Remove(made[0].Id);
        var next = _fixture.Commit("next");
        Assert.Empty(_fixture.Left(".*"));
        Assert.True(_fixture.Store.Test(next.Id).IsSound, when);
        _fixture.Store.Remove(next.Id);
    }
}

using AppLayer.Applications;
using AppLayer.Registry.Views;
using VirtFoundation;
using VirtFoundation.Events;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Activation;

/// <summary>Whatever step of composing or taking the difference is the last, each registry is the old or the new one, and the next command goes on.</summary>
public sealed class WineLeavingsTests
{
    private const int MostSteps = 200;

    private static readonly int Kills = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 150 : 4;

    /// <param name="isKilled">Whether no later step is taken either, as if the process were killed.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Composition_that_fails_at_any_step_leaves_the_old_and_the_next_start_begins_anew(bool isKilled)
    {
        using var fixture = new WineLeavingsFixture();
        fixture.Run("blue", "1");
        var old = fixture.Hives();
        fixture.Begin();
        var composed = Composed(fixture);
        fixture.End();
        Assert.Equal(old, fixture.Hives());
        for (var step = 1; step < MostSteps; step++)
        {
            var operations = Failing(step, isKilled);
            var failure = Record.Exception(() => fixture.Begin(operations));
            if (!operations.Failed)
            {
                Assert.Null(failure);
                Assert.InRange(step, 10, MostSteps);
                return;
            }

            // Each file is whole or not there.
            Assert.Equal(VirtErrorCode.StorageFailed, Assert.IsType<VirtException>(failure).Code);
            Assert.All(RegistryRoots.All, root => Assert.True(
                !File.Exists(fixture.PathOf(root.Root)) || File.ReadAllText(fixture.PathOf(root.Root)) == composed[(int)root.Root], $"step {step}: {root.WineFile}"));
            if (!isKilled) fixture.RecordEnd();
            fixture.Recover();
            fixture.AssertClean();
            Assert.Equal(old, fixture.Hives());

            fixture.Begin();
            Assert.Equal(composed, Composed(fixture));
            fixture.End();
        }

        Assert.Fail("It never ended.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Difference_that_fails_at_any_step_leaves_old_or_new_and_the_next_command_finishes_it(bool isKilled)
    {
        (string, string) expected;
        using (var undisturbed = new WineLeavingsFixture())
        {
            undisturbed.Run("blue", "1");
            undisturbed.Run("green", "2");
            expected = undisturbed.Hives();
        }

        for (var step = 1; step < MostSteps; step++)
        {
            using var fixture = new WineLeavingsFixture();
            fixture.Run("blue", "1");
            var old = fixture.Hives();
            fixture.Begin();
            fixture.Change("green", "2");
            var operations = Failing(step, isKilled);
            var failure = Record.Exception(() => fixture.End(operations));
            if (!operations.Failed)
            {
                Assert.Null(failure);
                Assert.Equal(expected, fixture.Hives());
                Assert.InRange(step, 12, MostSteps);
                return;
            }

            var (writable, data) = fixture.Hives();
            Assert.True(writable == old.Writable || writable == expected.Item1, $"step {step}: {operations.Steps[step - 1]}");
            Assert.True(data == old.Data || data == expected.Item2, $"step {step}: {operations.Steps[step - 1]}");

            // A worker that lives records its end, with the failure; one that was killed does not.
            if (!isKilled && failure is not null) fixture.RecordEnd();
            var again = Failing(step, isKilled);
            _ = Record.Exception(() => ApplicationRecovery.Recover(fixture.Application(again), fixture.Layers)); // The disk is still full.
            fixture.Recover();
            Assert.Equal(expected, fixture.Hives());
            fixture.AssertClean();
            fixture.Recover();
            Assert.Equal(expected, fixture.Hives());
            Assert.Equal("green", fixture.Seen(@"Software\Demo", "Color"));
            Assert.Equal("2", fixture.Seen(@"Software\Kept", "Count"));
        }

        Assert.Fail("It never ended.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Run_that_is_to_be_reset_at_its_end_is_reset_whatever_step_fails(bool isKilled)
    {
        for (var step = 1; step < MostSteps; step++)
        {
            using var fixture = new WineLeavingsFixture { Policy = WritablePolicy.ResetOnExit };
            fixture.Begin();
            fixture.Change("green", "2");
            var operations = Failing(step, isKilled);
            var failure = Record.Exception(() => fixture.End(operations));
            if (!isKilled && failure is not null) fixture.RecordEnd();
            fixture.Recover();
            Assert.False(Directory.Exists(fixture.Application().Writable.Tree), $"step {step}");
            Assert.Equal(["d", "run.json"], Directory.GetFileSystemEntries(fixture.Application().Path)
                .Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith("events", StringComparison.Ordinal)).Order());
            Assert.Equal("2", fixture.Seen(@"Software\Kept", "Count"));
            Assert.Equal("red", fixture.Seen(@"Software\Demo", "Color"));
            if (!operations.Failed) return;
        }

        Assert.Fail("It never ended.");
    }

    [Fact]
    public async Task Process_that_is_killed_while_it_composes_or_keeps_leaves_old_or_new()
    {
        using var fixture = new WineLeavingsFixture(keys: 4000);
        fixture.Run("0", "0");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await ProcessAside.RunAsync(typeof(WineLeavingsTests), nameof(RunAside), [fixture.Home, "0"]);
        var duration = watch.Elapsed;
        var random = new Random(17);
        var (last, killed) = (0, 0);
        for (var round = 1; round <= Kills || (killed == 0 && round <= 10 * Kills); round++)
        {
            if (await ProcessAside.RunAndKillAsync(
                typeof(WineLeavingsTests), nameof(RunAside), duration * (0.3 + (0.7 * random.NextDouble())), [fixture.Home, $"{round}"]))
            {
                killed++;
            }
            else
            {
                duration *= 0.8; // it was measured while the computer was busier
            }

            fixture.Recover();
            fixture.AssertClean();
            var color = fixture.Seen(@"Software\Demo", "Color");
            Assert.True(color == $"{round}" || color == $"{last}", $"round {round}: {color} after {last}");
            Assert.Equal(color, fixture.Seen(@"Software\Kept", "Count"));
            last = int.Parse(color, System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.True(killed > 0, $"Nothing was killed, at last in a run of {duration}.");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-3)]
    public void Registry_file_that_a_loss_of_power_cut_off_costs_its_run_alone(int length)
    {
        using var fixture = new WineLeavingsFixture();
        fixture.Run("blue", "1");
        var old = fixture.Hives();
        fixture.Begin();
        fixture.Change("green", "2");
        using (var file = File.OpenWrite(fixture.PathOf(RegistryRoot.CurrentUser))) file.SetLength(length < 0 ? file.Length + length : length);
        fixture.Recover();

        Assert.Equal(old, fixture.Hives());
        fixture.AssertClean();
        Assert.Contains(fixture.Application().Events.Read(0), one => one.Name == EventNames.RegistryLost);
        Assert.Equal("blue", fixture.Seen(@"Software\Demo", "Color"));
    }

    [Fact]
    public void Registry_file_that_is_missing_is_as_it_was_before_the_run()
    {
        using var fixture = new WineLeavingsFixture();
        fixture.Run("blue", "1");
        fixture.Begin();
        fixture.Change(RegistryRoot.Machine, tree => WineLeavingsFixture.Set(tree, @"Software\Demo", "Made", "yes"));
        File.Delete(fixture.PathOf(RegistryRoot.CurrentUser));
        fixture.Recover();
        Assert.Equal("blue", fixture.Seen(@"Software\Demo", "Color"));
        Assert.Equal("1", fixture.Seen(@"Software\Kept", "Count"));
    }

    [Fact]
    public void Without_layers_registries_the_files_that_wineserver_wrote_are_the_difference_to_the_base()
    {
        using var fixture = new WineLeavingsFixture { HasLayer = false };
        fixture.Run("blue", "1");
        Assert.Equal("blue", fixture.Seen(@"Software\Demo", "Color"));
        Assert.Equal("1", fixture.Seen(@"Software\Kept", "Count"));
        Assert.Equal("base 7", fixture.Seen(@"Software\Base\Key000007", "Text"));
    }

    [Fact]
    public void Value_of_the_data_layer_that_a_run_deletes_stays_deleted()
    {
        using var fixture = new WineLeavingsFixture();
        fixture.Run("blue", "1");
        fixture.Begin();
        fixture.Change(RegistryRoot.CurrentUser, tree => tree.Find("Software")!.Remove("Kept"));
        fixture.End();
        Assert.Null(fixture.Seen(@"Software\Kept", "Count"));
        Assert.Equal("blue", fixture.Seen(@"Software\Demo", "Color"));
    }

    // Called by name, in a process of its own: one run.
    internal static void RunAside(string home, string text)
    {
        using var fixture = new WineLeavingsFixture(home);
        fixture.Run(text, text);
    }

    private static string[] Composed(WineLeavingsFixture fixture) => [.. RegistryRoots.All.Select(root => File.ReadAllText(fixture.PathOf(root.Root)))];

    private static FailingFileOperations Failing(int step, bool isKilled) => new((_, number) => isKilled ? number >= step : number == step);
}

using System.Diagnostics;
using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Store;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtWorker.Tests.Applications;

/// <summary>Stories of applications that something goes wrong with.</summary>
public sealed class ApplicationAccidentTests
{
    private const string Forever = "#!/bin/sh\necho ready\nwhile :; do sleep 0.02; done\n";

    [LinuxFact]
    public async Task Programs_of_a_worker_that_is_killed_die_with_it_and_the_next_command_says_so()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("loop", LayerPlatform.Linux, new() { ["opt/loop"] = Forever });
        var id = lab.Create("loop", "loop", "/opt/loop");
        await lab.StartAsync(id);
        await lab.ForTextAsync(id, 1, "ready");
        using (var worker = Process.GetProcessById((await lab.Host.GetAsync(id, lab.Token)).ProcessId!.Value))
        {
            worker.Kill();
        }

        await lab.AssertNothingIsLeftAsync();
        var found = await lab.Host.GetAsync(id, lab.Token);
        Assert.Equal(ApplicationState.Failed, found.State);
        Assert.Contains("ended unexpectedly", found.Reason, StringComparison.Ordinal);
        Assert.Contains(lab.Host.GetEvents(id), one => one.Name == VirtFoundation.Events.EventNames.WorkerLost);

        // It starts again, and stops.
        var again = await lab.StartAsync(id);
        await lab.ForTextAsync(id, again.Number, "ready");
        await lab.Host.StopAsync(id, TimeSpan.FromSeconds(30), thenKill: false, lab.Token);
        Assert.Equal(ApplicationState.Stopped, (await lab.Host.GetAsync(id, lab.Token)).State);
    }

    [LinuxFact]
    public async Task Running_application_is_neither_reset_nor_removed_nor_changed()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("loop", LayerPlatform.Linux, new() { ["opt/loop"] = Forever });
        var id = lab.Create("loop", "loop", "/opt/loop");
        await lab.StartAsync(id);
        Assert.Equal(VirtErrorCode.ApplicationRunning, Assert.Throws<VirtException>(() => lab.Host.Reset(id)).Code);
        Assert.Equal(VirtErrorCode.ApplicationRunning, Assert.Throws<VirtException>(() => lab.Host.Remove(id)).Code);
        var refusal = await Assert.ThrowsAsync<VirtException>(() => lab.Host.UpdateAsync(id, spec => spec with { Command = "/opt/other" }, lab.Token));
        Assert.Equal(VirtErrorCode.ApplicationRunning, refusal.Code);
        Assert.True(lab.Layers.IsHeld(lab.Layers.Find("loop").Id));

        await lab.Host.StopAsync(id, TimeSpan.Zero, thenKill: true, lab.Token);
        await lab.Host.UpdateAsync(id, spec => spec with { Name = "other" }, lab.Token);
        Assert.Equal("other", (await lab.Host.FindAsync(new("OTHER"), lab.Token)).Name);
        lab.Host.Remove(id);
        Assert.Empty(await lab.Host.ListAsync((_, e) => throw e, lab.Token));
    }

    [LinuxFact]
    public async Task Names_are_taken_once_and_a_damaged_application_is_told_beside_the_others()
    {
        using var lab = new ApplicationLab();
        var one = lab.Create("one", "layer", "/opt/one");
        Assert.Equal(VirtErrorCode.ApplicationNameInUse, Assert.Throws<VirtException>(() => lab.Create("ONE", "layer", "/opt/one")).Code);
        var two = lab.Create("two", "layer", "/opt/two");
        File.WriteAllText(Path.Combine((await lab.Host.GetAsync(two, lab.Token)).Directory, "application.json"), "{ torn");

        var damaged = new List<Guid>();
        var found = await lab.Host.ListAsync((id, _) => damaged.Add(id), lab.Token);
        Assert.Equal([one], found.Select(application => application.Id));
        Assert.Equal([two], damaged);
    }

    [LinuxFact]
    public async Task Layer_that_is_missing_is_told_before_anything_starts()
    {
        using var lab = new ApplicationLab();
        var id = lab.Create("lost", "nowhere@7", "/opt/x");
        var failure = await Assert.ThrowsAsync<VirtException>(() => lab.StartAsync(id));
        Assert.Contains("nowhere", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ApplicationState.Stopped, (await lab.Host.GetAsync(id, lab.Token)).State);
    }

    [LinuxFact]
    public async Task Temporary_application_whose_maker_was_killed_is_swept_by_the_next_command()
    {
        using var lab = new ApplicationLab();
        var made = Path.Combine(lab.Root.ApplicationsDirectory, $".temporary-{Guid.NewGuid():N}");
        lab.Root.Create();
        Directory.CreateDirectory(Path.Combine(made, "w", "u", "opt"));
        File.WriteAllText(Path.Combine(made, "w", "u", "opt", "half"), "installed");
        lab.Create("next", "layer", "/opt/x");
        Assert.False(Directory.Exists(made));

        await using var application = await TemporaryApplication.OpenAsync(lab.Root, new() { Platform = LayerPlatform.Linux }, null, lab.Token);
        lab.Create("another", "layer", "/opt/x");
        Assert.True(Directory.Exists(application.TreeDirectory)); // Its maker lives.
    }

    [LinuxFact]
    public void Reset_that_is_cut_off_leaves_everything_or_nothing()
    {
        using var lab = new ApplicationLab();
        var directory = Directory.CreateDirectory(Path.Combine(lab.Scratch, "application")).FullName;
        var writable = new AppLayer.Activation.WritableLayer(directory, "w");
        writable.Create();
        File.WriteAllText(Path.Combine(writable.Tree, "note"), "old");
        var failing = new FailingOperations { FailAt = 0 };
        Assert.Throws<VirtException>(() => new AppLayer.Activation.WritableLayer(directory, "w", failing).Reset());
        Assert.Equal("old", File.ReadAllText(Path.Combine(writable.Tree, "note")));

        failing = new FailingOperations { FailAt = 1 };
        Assert.Throws<VirtException>(() => new AppLayer.Activation.WritableLayer(directory, "w", failing).Reset());
        Assert.False(Directory.Exists(writable.Tree));
        writable.Create();
        writable.Sweep();
        Assert.Empty(Directory.GetFileSystemEntries(writable.Tree));
        Assert.Equal(["w"], Directory.GetFileSystemEntries(directory).Select(Path.GetFileName));
    }

    private sealed class FailingOperations : IFileOperations
    {
        private int _steps;

        public required int FailAt { get; init; }

        public void CreateDirectory(string path) => FileOperations.Instance.CreateDirectory(path);

        public FileStream Create(string path) => FileOperations.Instance.Create(path);

        public void Write(FileStream file, ReadOnlySpan<byte> data) => FileOperations.Instance.Write(file, data);

        public void Flush(FileStream file) => FileOperations.Instance.Flush(file);

        public void Rename(string from, string to) => FileOperations.Instance.Rename(from, to);

        public void RenameDirectory(string from, string to)
        {
            Step();
            FileOperations.Instance.RenameDirectory(from, to);
        }

        public void FlushDirectory(string path)
        {
            Step();
            FileOperations.Instance.FlushDirectory(path);
        }

        public void Delete(string path) => FileOperations.Instance.Delete(path);

        public void DeleteDirectory(string path) => FileOperations.Instance.DeleteDirectory(path);

        private void Step()
        {
            if (_steps++ == FailAt)
            {
                throw new IOException("cut off");
            }
        }
    }
}

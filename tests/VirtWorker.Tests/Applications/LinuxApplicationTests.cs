using AppLayer.Applications;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtWorker.Tests.Applications;

/// <summary>Stories of applications for Linux.</summary>
public sealed class LinuxApplicationTests
{
    private const string Greeter = """
        #!/bin/sh
        echo "hello $1 from $0 in $(pwd)"
        echo "trouble" >&2
        exit 7
        """;

    [LinuxFact]
    public async Task Program_of_a_layer_runs_where_the_system_has_none()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("greeter", LayerPlatform.Linux, new() { ["opt/greeter/greet"] = Greeter });
        var id = lab.Create("greet", "greeter", "{Root}/opt/greeter/greet", "you");

        Assert.Equal((7, "hello you from /opt/greeter/greet in /opt/greeter", "trouble"), await lab.RunAsync(id));

        var found = await lab.Host.GetAsync(id, lab.Token);
        Assert.Equal(ApplicationState.Stopped, found.State);
        Assert.Equal(7, found.ExitCode);
        Assert.Null(found.Reason);
        Assert.False(Path.Exists("/opt/greeter"));
        await lab.AssertNothingIsLeftAsync();
    }

    [LinuxFact]
    public async Task What_a_program_writes_is_seen_by_the_next_run_and_by_nobody_else()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("notes", LayerPlatform.Linux, new() { ["opt/notes/note"] = "#!/bin/sh\necho \"$1\" >> /opt/notes/all\ncat /opt/notes/all\nrm -f /etc/hostname\n" });
        var one = lab.Create("one", "notes", "/opt/notes/note");
        var other = lab.Create("other", "notes", "/opt/notes/note");

        Assert.Equal("a", (await lab.RunAsync(one, "a")).Output);
        Assert.Equal("a\nb", (await lab.RunAsync(one, "b")).Output);
        Assert.Equal("c", (await lab.RunAsync(other, "c")).Output);
        Assert.True(File.Exists("/etc/hostname"));

        lab.Host.Reset(one);
        Assert.Equal("d", (await lab.RunAsync(one, "d")).Output);
    }

    [LinuxFact]
    public async Task What_shall_not_be_kept_is_gone_with_the_last_process()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("notes", LayerPlatform.Linux, new() { ["opt/notes/note"] = "#!/bin/sh\necho \"$1\" >> /opt/notes/all\ncat /opt/notes/all\n" });
        foreach (var policy in (WritablePolicy[])[WritablePolicy.ResetOnExit, WritablePolicy.Memory])
        {
            var id = lab.Create(new() { Name = $"{policy}", Layers = [new("notes")], Command = "/opt/notes/note", Writable = policy });
            Assert.Equal("a", (await lab.RunAsync(id, "a")).Output);
            Assert.Equal("b", (await lab.RunAsync(id, "b")).Output);
            Assert.False(Directory.Exists(lab.Host.GetWritableTree(id)) && Directory.GetFileSystemEntries(lab.Host.GetWritableTree(id)).Length > 0);
        }
    }

    [LinuxFact]
    public async Task Second_start_joins_the_view_of_the_first()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("tools", LayerPlatform.Linux, new()
        {
            ["opt/tools/wait"] = "#!/bin/sh\necho ready\nwhile [ ! -e /opt/tools/go ]; do sleep 0.02; done\necho went\n",
        });
        var id = lab.Create("tools", "tools", "/opt/tools/wait");
        var first = await lab.StartAsync(id);
        await lab.ForTextAsync(id, first.Number, "ready");

        var second = await lab.Host.StartAsync(id, new() { Command = "touch", Arguments = ["/opt/tools/go"] }, null, lab.Token);
        Assert.Equal(2, second.Number);
        Assert.Equal(0, await lab.Host.WaitAsync(id, second.Number, lab.Token));
        Assert.Equal(0, await lab.Host.WaitAsync(id, first.Number, lab.Token));
        var ended = await lab.Host.WaitForEndAsync(id, lab.Token);
        Assert.Equal([1, 2], ended.Programs.Select(program => program.Number));
        Assert.Equal("ready\nwent", await lab.ReadAsync(id, first.Number));
    }

    [LinuxFact]
    public async Task Application_runs_until_its_last_orphan_ends()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("daemon", LayerPlatform.Linux, new()
        {
            ["opt/daemon/start"] = "#!/bin/sh\n(setsid sh -c 'while [ ! -e /opt/daemon/stop ]; do sleep 0.02; done; echo last > /opt/daemon/last' &)\nexit 0\n",
        });
        var id = lab.Create("daemon", "daemon", "/opt/daemon/start");
        var first = await lab.StartAsync(id);
        Assert.Equal(0, await lab.Host.WaitAsync(id, first.Number, lab.Token));
        Assert.Equal(ApplicationState.Running, (await lab.Host.GetAsync(id, lab.Token)).State);
        await lab.Host.StartAsync(id, new() { Command = "touch", Arguments = ["/opt/daemon/stop"] }, null, lab.Token);
        Assert.Equal(ApplicationState.Stopped, (await lab.Host.WaitForEndAsync(id, lab.Token)).State);
        Assert.Equal("last\n", File.ReadAllText(Path.Combine(lab.Host.GetWritableTree(id), "opt/daemon/last")));
    }

    [LinuxFact]
    public async Task Stop_asks_first_and_kills_when_the_time_is_up()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("loop", LayerPlatform.Linux, new()
        {
            ["opt/polite"] = "#!/bin/sh\ntrap 'echo bye; exit 3' TERM\necho ready\nwhile :; do sleep 0.02; done\n",
            ["opt/stubborn"] = "#!/bin/sh\ntrap '' TERM\necho ready\nwhile :; do sleep 0.02; done\n",
        });
        var polite = lab.Create("polite", "loop", "/opt/polite");
        await lab.StartAsync(polite);
        await lab.ForTextAsync(polite, 1, "ready");
        await lab.Host.StopAsync(polite, TimeSpan.FromSeconds(30), thenKill: false, lab.Token);
        Assert.Equal("ready\nbye", await lab.ReadAsync(polite, 1));
        Assert.Equal(3, (await lab.Host.GetAsync(polite, lab.Token)).ExitCode);

        var stubborn = lab.Create("stubborn", "loop", "/opt/stubborn");
        await lab.StartAsync(stubborn);
        await lab.ForTextAsync(stubborn, 1, "ready");
        var refusal = await Assert.ThrowsAsync<VirtException>(
            () => lab.Host.StopAsync(stubborn, TimeSpan.FromMilliseconds(100), thenKill: false, lab.Token));
        Assert.Equal(VirtErrorCode.ApplicationStopTimeout, refusal.Code);
        await lab.Host.StopAsync(stubborn, TimeSpan.FromMilliseconds(100), thenKill: true, lab.Token);
        var found = await lab.Host.GetAsync(stubborn, lab.Token);
        Assert.Equal((ApplicationState.Stopped, 137), (found.State, found.ExitCode));
        await lab.AssertNothingIsLeftAsync();
    }

    [LinuxFact]
    public async Task Program_that_is_not_there_is_told_and_leaves_nothing_running()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("empty", LayerPlatform.Linux, new() { ["opt/readme"] = "nothing" });
        var id = lab.Create("empty", "empty", "{Root}/opt/none");
        var failure = await Assert.ThrowsAsync<VirtException>(() => lab.StartAsync(id));
        Assert.Equal(VirtErrorCode.ProgramNotFound, failure.Code);
        Assert.Contains("/opt/none", failure.Message, StringComparison.Ordinal);
        await lab.Host.WaitForEndAsync(id, lab.Token);
        await lab.AssertNothingIsLeftAsync();
    }

    [LinuxFact]
    public async Task Output_is_kept_byte_by_byte_and_what_is_too_long_loses_its_beginning()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("many", LayerPlatform.Linux, new()
        {
            ["opt/many"] = "#!/bin/sh\nhead -c 40000000 /dev/zero\nsleep 2.5\nprintf 'end\\000\\377'\n",
        });
        var id = lab.Create("many", "many", "/opt/many");
        await lab.RunAsync(id);
        var kept = new List<byte>();
        long first = -1;
        await foreach (var part in lab.Host.ReadOutputAsync(id, 1, isError: false, 0, follow: false, lab.Token))
        {
            first = first < 0 ? part.Offset : first;
            kept.AddRange(part.Data.Span);
        }

        Assert.Equal(40000000 + 5, first + kept.Count);
        Assert.InRange(kept.Count, 8 << 20, 17 << 20);
        Assert.Equal("end\0"u8.ToArray().Append((byte)0xff), kept.TakeLast(5));
    }

    [LinuxFact]
    public async Task Who_follows_a_run_slowly_gets_nothing_of_the_next_run()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("say", LayerPlatform.Linux, new() { ["opt/say"] = "#!/bin/sh\necho \"$1\"\nsleep \"$2\"\n" });
        var id = lab.Create("say", "say", "/opt/say");
        await lab.StartAsync(id, "short", "1");
        await using var parts = lab.Host.ReadOutputAsync(id, 1, isError: false, 0, follow: true, lab.Token).GetAsyncEnumerator(lab.Token);
        Assert.True(await parts.MoveNextAsync());
        Assert.Equal("short\n"u8.ToArray(), parts.Current.Data.ToArray());

        await lab.Host.WaitForEndAsync(id, lab.Token);
        await lab.StartAsync(id, "of another run, and longer", "1");
        await lab.ForTextAsync(id, 1, "longer");

        Assert.False(await parts.MoveNextAsync());
        await lab.Host.WaitForEndAsync(id, lab.Token);
    }
}

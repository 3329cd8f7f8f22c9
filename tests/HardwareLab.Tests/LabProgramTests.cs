using HardwareLab;

namespace HardwareLabTests;

/// <summary>Programs of the host in the lab.</summary>
[Collection(LabCollection.Name)]
public sealed class LabProgramTests(SharedLab shared)
{
    [LabFact]
    public async Task Arguments_and_variables_arrive_as_they_are_and_the_exit_code_comes_back()
    {
        string[] arguments = ["", " two  spaces ", "it's \"quoted\" $HOME `id` \\", "line\nand\ttab", "\u00e4\u2713", "*", new string('x', 20_000)];
        const string script = "for word; do printf '%s\\036' \"$word\"; done; printf '%s' \"$VALUE\"; exit 7";
        var run = await shared.Lab.RunAsync("/bin/sh", ["-c", script, "sh", .. arguments], new Dictionary<string, string> { ["VALUE"] = "a=b 'c'" });
        Assert.Equal(7, run.ExitCode);
        Assert.Equal([.. arguments, "a=b 'c'\n"], run.Output.Split('\x1e'));
    }

    [LabFact]
    public async Task Lines_come_when_they_are_written()
    {
        var times = new List<(string Line, DateTime Time)>();
        var run = await shared.Lab.RunAsync("/bin/sh", ["-c", "echo one; sleep 1; echo two >&2; printf three"], line: line => times.Add((line, DateTime.UtcNow)));
        Assert.Equal(["one", "two", "three"], times.Select(time => time.Line));
        Assert.Equal("one\ntwo\nthree\n", run.Output);
        Assert.True(times[1].Time - times[0].Time > TimeSpan.FromSeconds(0.7), $"{times[1].Time - times[0].Time}");
    }

    [LabFact]
    public async Task It_is_interrupted_while_nothing_happens()
    {
        // Of the device of ports alone: files come over another one.
        const string script = """
            device=$(basename /sys/bus/virtio/drivers/virtio_console/virtio*)
            count() { awk -v device="$device-" 'index($0, device) { sum += $2 } END { print sum }' /proc/interrupts; }
            before=$(count); sleep 3; echo $(($(count) - before))
            """;
        var run = await shared.Lab.RunAsync("/bin/sh", ["-c", script]);
        Assert.InRange(int.Parse(run.Successful().Output, System.Globalization.CultureInfo.InvariantCulture), 15, 300);   // thirty are meant
    }

    [LabFact]
    public async Task The_hosts_files_are_there_and_stay_as_they_are()
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"lab-{Guid.NewGuid():n}");
        File.WriteAllText(path, "host\n");
        try
        {
            var run = await shared.Lab.RunAsync("/bin/sh", ["-c", $"cat '{path}'; echo lab >'{path}'; cat '{path}'; echo lab >'{path}-2' && ls '{path}-2'"]);
            Assert.Equal($"host\nlab\n{path}-2\n", run.Output);
            Assert.Equal("host\n", File.ReadAllText(path));
            Assert.False(File.Exists(path + "-2"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [LabFact]
    public async Task A_program_that_takes_too_long_is_killed_and_the_next_one_runs()
    {
        var run = await shared.Lab.RunAsync("/bin/sh", ["-c", "echo begun; exec sleep 1000"], limit: TimeSpan.FromSeconds(1));
        Assert.True(run.TimedOut);
        Assert.Equal("begun\n", run.Output);
        Assert.Contains("its time was over", Assert.Throws<LabException>(run.Successful).Message, StringComparison.Ordinal);
        Assert.Equal(3, (await shared.Lab.RunAsync("/bin/sh", ["-c", "exit 3"])).ExitCode);
        var missing = await shared.Lab.RunAsync("/no/such/program", []);
        Assert.Equal(127, missing.ExitCode);
        Assert.Contains("/no/such/program", missing.Output, StringComparison.Ordinal);
    }
}

using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Events;
using VirtSpecs;
using VirtTools.Tests;

namespace VirtWorker.Tests.Applications;

/// <summary>Stories of what a start asks for, and of what it is told.</summary>
public sealed class StartRequestTests
{
    [LinuxFact]
    public async Task Variables_of_a_start_go_over_those_of_the_spec_and_null_takes_one_away()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("tools", LayerPlatform.Linux, new() { ["opt/show"] = "#!/bin/sh\necho \"${VT_A-none} ${VT_B-none} ${VT_C-none} ${HOME-none}\"\n" });
        var id = lab.Create(new()
        {
            Name = "show", Layers = [new("tools")], Command = "/opt/show", Environment = new([new("VT_A", "spec"), new("VT_B", "spec")]),
        });
        var request = new StartRequest { Environment = new Dictionary<string, string?> { ["VT_A"] = "start", ["VT_B"] = null, ["VT_C"] = "", ["HOME"] = null } };

        var program = await lab.Host.StartAsync(id, request, null, lab.Token);
        Assert.Equal(0, await lab.Host.WaitAsync(id, program.Number, lab.Token));
        Assert.Equal("start none  none", await lab.ReadAsync(id, program.Number));
        Assert.StartsWith("spec spec none /", (await lab.RunAsync(id)).Output, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Variables_that_no_program_could_get_are_refused()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("tools", LayerPlatform.Linux, new() { ["opt/show"] = "#!/bin/sh\n" });
        var id = lab.Create("show", "tools", "/opt/show");
        foreach (var (name, value) in ((string, string?)[])[("A=B", "x"), ("", "x"), ("", null), ("A=B", null), ("A", "x\0y")])
        {
            var refusal = await Assert.ThrowsAsync<VirtException>(
                () => lab.Host.StartAsync(id, new() { Environment = new Dictionary<string, string?> { [name] = value } }, null, lab.Token));
            Assert.Equal(VirtErrorCode.ParameterInvalid, refusal.Code);
        }

        Assert.Equal(ApplicationState.Stopped, (await lab.Host.GetAsync(id, lab.Token)).State);
    }

    [LinuxFact]
    public async Task Rule_that_cannot_be_kept_is_told_by_the_start_and_stands_among_the_events()
    {
        using var lab = new ApplicationLab();
        lab.AddLayer("tools", LayerPlatform.Linux, new() { ["opt/show"] = "#!/bin/sh\n" });
        var id = lab.Create(new()
        {
            Name = "show", Layers = [new("tools")], Command = "/opt/show",
            Rules = [new() { Path = "{Root}/srv/vt-nowhere", Mode = IsolationMode.PassThrough }],
        });

        var program = await lab.Host.StartAsync(id, new(), null, lab.Token);
        var note = Assert.Single(program.Notes);
        Assert.StartsWith("'{Root}/srv/vt-nowhere' is not passed through: ", note, StringComparison.Ordinal);
        var ended = await lab.Host.WaitForEndAsync(id, lab.Token);
        Assert.Empty(Assert.Single(ended.Programs).Notes);
        Assert.Equal(note, Assert.Single(lab.Host.GetEvents(id), one => one.Name == EventNames.Warning).Detail);
    }
}

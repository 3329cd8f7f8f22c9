namespace VirtSpecs.Tests;

public class MachineTests
{
    private static Machine Web => new() { Name = "web01", Boot = new() { Image = "debian-12-cloud" } };

    [Fact]
    public void Machines_that_say_the_same_are_equal()
    {
        static Machine Describe() => Web with
        {
            Applications = ["node-22"],
            Labels = new LabelDictionary([new("tier", "front")]),
            Disks = [new() { Name = "root", Path = "a" }],
        };
        var (a, b) = (Describe(), Describe());
        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, b with { Disks = [] });
        Assert.NotEqual(a, b with { Notes = "x" });
    }

    [Fact]
    public void Defaults_are_what_the_design_says()
    {
        Assert.Equal(1, Web.Processors);
        Assert.Equal("512MiB", Web.Memory.ToString());
        Assert.Equal(MachineProfile.Portable, Web.Profile);
        Assert.Null(Web.Hypervisor);
        Assert.Equal(TimeSpan.FromSeconds(30), Web.Stop.Timeout);
        Assert.Empty(SpecRules.FindErrors([Web]));
    }

    [Fact]
    public void What_this_version_cannot_do_is_refused_and_named()
    {
        var machine = Web with { Disks = [new() { Name = "root", Path = "a", Parent = "b" }], Hypervisor = HypervisorKind.Whp, AutoStart = true };
        var errors = SpecRules.FindErrors([machine]);
        Assert.Equal(["hypervisor", "disks[0].parent", "autoStart"], errors.Select(error => error.Path));
        Assert.All(errors, error => Assert.Contains("not supported by this version", error.Message, StringComparison.Ordinal));
        Assert.Throws<SpecException>(() => Plan.Compute([machine], []));
    }

    [Fact]
    public void Every_broken_limit_is_reported()
    {
        var machine = new Machine
        {
            Name = "..",
            Processors = 9,
            Memory = new(1),
            Boot = new() { CommandLine = "a\nb" },
            Stop = new() { Timeout = TimeSpan.FromTicks(1) },
        };
        Assert.Equal(["name", "processors", "memory", "boot.commandLine", "stop.timeout"],
            SpecRules.FindErrors([machine]).Select(error => error.Path));
    }

    [Fact]
    public void Boot_takes_an_image_or_a_kernel_but_not_both()
    {
        Assert.Equal("boot", Path(new()));
        Assert.Equal("boot.kernel", Path(new() { Image = "a", Kernel = "b" }));
        Assert.Equal("boot.commandLine", Path(new() { Image = "a", CommandLine = new string('ä', 1024) }));
        Assert.Equal("boot.initrd", Path(new() { Image = "a", Initrd = "b" }));
        Assert.Empty(SpecRules.FindErrors([Web with { Boot = new() { Kernel = "vmlinuz", Initrd = "initrd" } }]));

        static string Path(MachineBoot boot) => Assert.Single(SpecRules.FindErrors([Web with { Boot = boot }])).Path;
    }

    [Fact]
    public void A_name_is_used_once_whatever_its_case() =>
        Assert.Equal("name", Assert.Single(SpecRules.FindErrors([Web, Web with { Name = "WEB01" }])).Path);
}

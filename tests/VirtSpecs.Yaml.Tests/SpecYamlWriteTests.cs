using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Yaml.Tests;

public class SpecYamlWriteTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(1500).WithReplay(20260801, 1);

    [Fact]
    public void A_machine_that_is_written_is_read_back_equal() => Check(Machines.All);

    [Fact]
    public void A_layer_that_is_written_is_read_back_equal() => Check(VirtualApplications.Layers);

    [Fact]
    public void An_application_that_is_written_is_read_back_equal() => Check(VirtualApplications.Applications);

    [Fact]
    public void Streams_keep_their_order() =>
        Prop.ForAll(Machines.All.ListOf(3).ToArbitrary(), machines =>
        {
            Machine[] named = [.. machines.Select((machine, index) => machine with { Name = $"m{index}" })];
            Assert.Equal(named, SpecYaml.Parse(SpecYaml.Write(named)));
        }).Check(Seeded.WithMaxTest(100));

    [Fact]
    public void The_form_is_canonical_and_leaves_defaults_out()
    {
        var machine = new Machine
        {
            Name = "web01",
            Processors = 2,
            Memory = ByteSize.FromMiB(512),
            Boot = new() { Image = "debian-12-cloud", CommandLine = "console=ttyS0 quiet" },
            Disks = [new() { Name = "root", Path = "no", Parent = "C:\\base disks\\a.vhdx" }, new() { Name = "data", Path = "12:30" }],
            Applications = ["node-22"],
            Labels = new LabelDictionary([new("tier", "front: \"a\""), new("owner", "")]),
            Notes = "two\n  lines\n",
            Stop = new() { Timeout = TimeSpan.FromMinutes(90) },
        };
        Assert.Equal(
            """
            apiVersion: virttools/v1
            kind: Machine
            name: web01
            labels:
              owner: ""
              tier: "front: \"a\""
            notes: |
              two
                lines
            processors: 2
            boot:
              image: debian-12-cloud
              commandLine: console=ttyS0 quiet
            disks:
              - name: root
                path: "no"
                parent: C:\base disks\a.vhdx
              - name: data
                path: "12:30"
            applications:
              - node-22
            stop:
              timeout: 1h30m

            """.ReplaceLineEndings("\n"),
            SpecYaml.Write([machine]));
    }

    [Fact]
    public void Layers_and_applications_have_a_canonical_form_too()
    {
        var layer = new Layer
        {
            Name = "node",
            Version = "1.10",
            Platform = LayerPlatform.Windows,
            From = new()
            {
                Capture = new()
                {
                    Command = "node-setup.exe",
                    Arguments = ["/S", ""],
                    Environment = new([new("PORT", "8080"), new("MODE", "quiet")]),
                    Timeout = TimeSpan.FromMinutes(10),
                },
                Layers = [new("base", "1"), new("tools")],
            },
            Rules = new() { Exclude = ["{Temp}/**", @"HKCU\Software\X\**"] },
        };
        var application = new Application
        {
            Name = "node-22",
            Layers = [layer.Reference],
            Command = @"{ProgramFiles}\nodejs\node.exe",
            Writable = WritablePolicy.ResetOnExit,
            Rules = [new() { Path = "{Documents}", Mode = IsolationMode.PassThrough }],
        };
        Assert.Equal(
            """
            apiVersion: virttools/v1
            kind: Layer
            name: node
            version: "1.10"
            platform: windows
            from:
              capture:
                command: node-setup.exe
                arguments:
                  - /S
                  - ""
                environment:
                  MODE: quiet
                  PORT: "8080"
                timeout: 10m
              layers:
                - base@1
                - tools
            rules:
              exclude:
                - "{Temp}/**"
                - "HKCU\\Software\\X\\**"
            ---
            apiVersion: virttools/v1
            kind: Application
            name: node-22
            layers:
              - node@1.10
            command: "{ProgramFiles}\\nodejs\\node.exe"
            writable: resetOnExit
            rules:
              - path: "{Documents}"
                mode: passThrough

            """.ReplaceLineEndings("\n"),
            SpecYaml.Write([layer, application]));
    }

    private static void Check<T>(Gen<T> specs)
        where T : Spec =>
        Prop.ForAll(specs.ToArbitrary(), spec =>
        {
            var text = SpecYaml.Write([spec]);
            var read = Assert.IsType<T>(Assert.Single(SpecYaml.Parse(text)));
            Assert.Equal(spec, read);
            Assert.Equal(text, SpecYaml.Write([read]));
        }).Check(Seeded);

    [Fact]
    public void What_breaks_a_rule_is_not_written()
    {
        var machine = new Machine { Name = "a", Processors = 9, Boot = new() { Image = "a" } };
        var fault = Assert.Throws<SpecException>(() => SpecYaml.Write([machine]));
        Assert.Equal("processors: must be at most 8, not 9 in Machine a", Assert.Single(fault.Errors).ToString());
    }
}

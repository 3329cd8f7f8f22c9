namespace VirtSpecs.Yaml.Tests;

/// <summary>Reading what is right.</summary>
public class SpecYamlReadTests
{
    private const string Header = "apiVersion: virttools/v1\nkind: Machine\nname: web01\nboot: {image: debian-12-cloud}\n";

    [Fact]
    public void The_machine_of_the_design_is_read_as_it_stands()
    {
        const string text = """
            apiVersion: virttools/v1
            kind: Machine
            name: web01
            processors: 2
            memory: 512MiB
            profile: portable              # CPU and clock profile; or: host
            boot:
              image: debian-12-cloud       # or kernel, initrd; firmware later
              commandLine: console=ttyS0
            disks:
              - {name: root, path: web01.vhdx, parent: base/debian12.vhdx}
            networks:
              - {switch: lab, address: 10.20.0.10/24}
            applications: [node-22]        # enabled inside the guest
            autoStart: false
            stop: {timeout: 30s}
            """;
        var machine = Assert.IsType<Machine>(Assert.Single(SpecYaml.Parse(text)));
        Assert.Equal(
            new Machine
            {
                Name = "web01",
                Processors = 2,
                Memory = ByteSize.FromMiB(512),
                Boot = new() { Image = "debian-12-cloud", CommandLine = "console=ttyS0" },
                Disks = [new() { Name = "root", Path = "web01.vhdx", Parent = "base/debian12.vhdx" }],
                Networks = [new() { Switch = "lab", Address = "10.20.0.10/24" }],
                Applications = ["node-22"],
                AutoStart = false,
                Stop = new() { Timeout = TimeSpan.FromSeconds(30) },
            },
            machine);
        var errors = SpecRules.FindErrors([machine]);
        Assert.Equal(["disks[0].parent", "applications"], errors.Select(error => error.Path));
        Assert.Equal((11, 44), (errors[0].Line, errors[0].Column));
    }

    [Fact]
    public void The_layer_and_the_application_of_the_design_are_read_as_they_stand()
    {
        const string text = """
            apiVersion: virttools/v1
            kind: Layer
            name: node
            version: "22.23.3"
            platform: windows
            from:
              capture: {command: node-setup.exe, arguments: [/S]}   # or directory, registryFile, package
            rules:
              exclude: ["{Temp}/**"]
            ---
            apiVersion: virttools/v1
            kind: Application
            name: node-22
            layers: [node@22.23.3]         # the first wins
            command: '{ProgramFiles}\nodejs\node.exe'
            activation: isolated           # or: global
            writable: keep                 # or: resetOnExit, memory
            """;
        var specs = SpecYaml.Parse(text, Path.Combine(Path.GetTempPath(), "lab.yaml"));
        Assert.Equal(
            [
                new Layer
                {
                    Name = "node",
                    Version = "22.23.3",
                    Platform = LayerPlatform.Windows,
                    From = new() { Capture = new() { Command = "node-setup.exe", Arguments = ["/S"] } },
                    Rules = new() { Exclude = ["{Temp}/**"] },
                },
                new Application
                {
                    Name = "node-22",
                    Layers = [new("node", "22.23.3")],
                    Command = @"{ProgramFiles}\nodejs\node.exe",
                    Activation = ApplicationActivation.Isolated,
                    Writable = WritablePolicy.Keep,
                },
            ],
            specs);
        Assert.Equal(["node@22.23.3", "node-22"], Plan.Compute(specs.Reverse(), []).Select(change => change.Name));
        Assert.Equal(Path.Combine(Path.GetTempPath(), "node-setup.exe"), ((Layer)specs[0].WithFullPaths()).From.Capture!.Command);
    }

    [Fact]
    public void The_quickstart_example_can_be_planned()
    {
        var path = Path.Combine(Repository.Root, "examples", "quickstart.yaml");
        var machine = Assert.IsType<Machine>(Assert.Single(SpecYaml.Read(path)));
        Assert.Equal(("quickstart", 2, "512MiB", "debian-12-cloud"),
            (machine.Name, machine.Processors, machine.Memory.ToString(), machine.Boot.Image));
        Assert.Equal(ChangeAction.Create, Assert.Single(Plan.Compute([machine], [])).Action);
        Assert.Equal(Path.Combine(Repository.Root, "examples"), machine.Source!.BaseDirectory);
    }

    [Fact]
    public void A_stream_holds_many_documents_and_empty_ones_count_for_nothing()
    {
        var other = Header.Replace("web01", "web02", StringComparison.Ordinal);
        var specs = SpecYaml.Parse($"%YAML 1.2\n---\n{Header}---\n---\n{other}...\n---\n");
        Assert.Equal(["web01", "web02"], specs.Select(spec => spec.Name));
        Assert.Equal(9, specs[1].Source!.Line);
    }

    [Fact]
    public void Aliases_stand_for_what_they_name()
    {
        var machine = (Machine)SpecYaml.Parse(Header + "disks: [&a {name: a, path: &p x.vhd}, {name: b, path: *p}]\n")[0];
        Assert.Equal(["x.vhd", "x.vhd"], machine.Disks.Select(disk => disk.Path));
    }

    [Fact]
    public void Json_is_read_as_well()
    {
        const string json =
            """{"apiVersion": "virttools/v1", "kind": "Machine", "name": "a", "processors": 4, "boot": {"kernel": "vmlinuz"}}""";
        Assert.Equal(4, ((Machine)SpecYaml.Parse(json)[0]).Processors);
    }

    [Fact]
    public void Core_tags_say_what_a_value_is()
    {
        var header = Header.Replace("web01", "!!str 123", StringComparison.Ordinal);
        var machine = (Machine)SpecYaml.Parse(header + "processors: !!int \"3\"\n")[0];
        Assert.Equal(("123", 3), (machine.Name, machine.Processors));
    }

    [Fact]
    public void Relative_paths_start_from_the_file()
    {
        var file = Path.Combine(Path.GetTempPath(), "lab", "a.yaml");
        var machine = (Machine)SpecYaml.Parse("apiVersion: virttools/v1\nkind: Machine\nname: a\nboot: {kernel: ../vmlinuz}\n", file)[0];
        Assert.Equal("../vmlinuz", machine.Boot.Kernel);
        Assert.Equal(Path.Combine(Path.GetTempPath(), "vmlinuz"), ((Machine)machine.WithFullPaths()).Boot.Kernel);
    }

    [Fact]
    public void Files_may_begin_with_a_byte_order_mark_and_end_lines_as_windows_does()
    {
        var text = Header.Replace("\n", "\r\n", StringComparison.Ordinal);
        using var file = new TemporaryFile([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(text)]);
        Assert.Equal("web01", Assert.Single(SpecYaml.Read(file.Path)).Name);
    }
}

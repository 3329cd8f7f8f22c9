namespace VirtSpecs.Tests;

public class LayerTests
{
    private static readonly LayerSource Setup = new() { Capture = new() { Command = "node-setup.exe", Arguments = ["/S"] } };

    private static Layer Node => new() { Name = "node", Version = "22.23.3", Platform = LayerPlatform.Windows, From = Setup };

    [Fact]
    public void Layers_are_known_by_name_and_version()
    {
        Assert.Equal("node@22.23.3", Node.QualifiedName);
        Assert.Equal(new LayerReference("node", "22.23.3"), Node.Reference);
        Assert.Empty(SpecRules.FindErrors([Node, Node with { Version = "20.11.1" }]));
        var error = Assert.Single(SpecRules.FindErrors([Node, Node with { Name = "NODE" }]));
        Assert.Equal("name: another Layer is named 'NODE@22.23.3' already in Layer NODE@22.23.3", error.ToString());
    }

    [Fact]
    public void Defaults_are_what_the_design_says()
    {
        var layer = new Layer { Name = "a", Platform = LayerPlatform.Linux, From = new() { Packages = ["hello"] } };
        Assert.Equal("1", layer.Version);
        Assert.Empty(layer.Rules.Exclude);
        Assert.Null(layer.From.Target);
        Assert.Empty(SpecRules.FindErrors([layer]));
    }

    [Fact]
    public void A_layer_is_made_from_an_installation_or_from_content()
    {
        Assert.Equal(["from"], Paths(new()));
        Assert.Equal(["from.directory", "from.registryFile"], Paths(Setup with { Directory = "a", RegistryFile = "a.reg" }));
        Assert.Equal(["from.target"], Paths(Setup with { Target = "{Windows}" }));
        Assert.Equal(["from.layers"], Paths(new() { Directory = "a", Layers = [new("base")] }));
        Assert.Equal(["from.layers[1]"], Paths(Setup with { Layers = [new("base", "1"), new("BASE", "1"), new("base")] }));
        Assert.Equal(["from.packages"], Paths(new() { Packages = ["hello"] }));
        Assert.Equal(["from.registryFile"], Paths(new() { RegistryFile = "a.reg" }, LayerPlatform.Linux));
        Assert.Empty(Paths(new() { Directory = "a", Target = @"{ProgramFiles}\nodejs", RegistryFile = "a.reg" }));
        Assert.Empty(Paths(new() { Directory = "a", Packages = ["hello"] }, LayerPlatform.Linux));

        static IEnumerable<string> Paths(LayerSource from, LayerPlatform platform = LayerPlatform.Windows) =>
            SpecRules.FindErrors([Node with { From = from, Platform = platform }]).Select(error => error.Path);
    }

    [Theory]
    [InlineData("{Root}", true)]
    [InlineData(@"{ProgramFiles}\nodejs", true)]
    [InlineData("{ProgramFiles}/nodejs/a b..c/.d", true)]
    [InlineData("{X86}/{a}", true)]
    [InlineData("ProgramFiles", false)]
    [InlineData("/usr", false)]
    [InlineData(@"C:\a", false)]
    [InlineData("{}", false)]
    [InlineData("{86}", false)]
    [InlineData("{Program Files}", false)]
    [InlineData("{ProgramFiles", false)]
    [InlineData("{ProgramFiles}x", false)]
    [InlineData("{ProgramFiles}/", false)]
    [InlineData("{ProgramFiles}//a", false)]
    [InlineData(@"{ProgramFiles}\a\", false)]
    [InlineData("{ProgramFiles}/..", false)]
    [InlineData(@"{ProgramFiles}\a\..\..\b", false)]
    [InlineData(@"{ProgramFiles}\.. \b", false)]
    [InlineData(@"{ProgramFiles}\...\b", false)]
    [InlineData("{ProgramFiles}/./a", false)]
    public void A_target_lies_below_a_root(string target, bool isValid) =>
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { From = new() { Directory = "a", Target = target } }]).Count == 0);

    [Theory]
    [InlineData("{Temp}/**", true)]
    [InlineData(@"{Temp}\**\*.log", true)]
    [InlineData("**/Thumbs.db", true)]
    [InlineData("{Temp}/a?c*d", true)]
    [InlineData(@"HKCU\Software\X\**", true)]
    [InlineData(@"HKLM\Software\*\a/b", true)]
    [InlineData(@"HKU\.DEFAULT\Software", true)]
    [InlineData("HKEY_CURRENT_USER", true)]
    [InlineData("*.log", false)]
    [InlineData("Temp/**", false)]
    [InlineData("{Temp}/a**", false)]
    [InlineData("{Temp}/***", false)]
    [InlineData("{Temp}/../**", false)]
    [InlineData(@"HKCR\Software", false)]
    [InlineData(@"HKCU\", false)]
    [InlineData(@"HKCU\\a", false)]
    [InlineData(@"HKCU\a**", false)]
    public void Patterns_are_of_paths_below_a_root_or_of_registry_keys(string pattern, bool isValid)
    {
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { Rules = new() { Exclude = [pattern] } }]).Count == 0);
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { Rules = new() { Include = [pattern] } }]).Count == 0);
    }

    [Theory]
    [InlineData("hello", true)]
    [InlineData("libstdc++6", true)]
    [InlineData("./x.deb", true)]
    [InlineData("x.deb", true)]
    [InlineData("/srv/x.deb", true)]
    [InlineData("x", false)]
    [InlineData("Hello", false)]
    [InlineData("-y", false)]
    [InlineData("hello world", false)]
    [InlineData("hello;reboot", false)]
    public void Packages_have_a_name_or_a_file(string package, bool isValid) => Assert.Equal(isValid, SpecRules.FindErrors(
        [new Layer { Name = "a", Platform = LayerPlatform.Linux, From = new() { Packages = [package] } }]).Count == 0);

    [Theory]
    [InlineData("A", true)]
    [InlineData("ProgramFiles(x86)", true)]
    [InlineData("", false)]
    [InlineData("A=B", false)]
    [InlineData("=C:", false)]
    [InlineData("A\nB", false)]
    public void A_variable_has_a_name_without_an_equals_sign(string name, bool isValid)
    {
        var capture = Setup.Capture! with { Environment = new([new(name, "a=b\nc")]) };
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { From = new() { Capture = capture } }]).Count == 0);
    }

    [Theory]
    [InlineData("setup.exe", "/lab/setup.exe")]
    [InlineData("Setup.MSI", "/lab/Setup.MSI")]
    [InlineData("./setup", "/lab/setup")]
    [InlineData("../bin/setup", "/bin/setup")]
    [InlineData("/opt/setup", "/opt/setup")]
    [InlineData("dpkg", "dpkg")]
    [InlineData("python3.11", "python3.11")]
    [InlineData(@"{Temp}\setup.exe", @"{Temp}\setup.exe")]
    [InlineData(@"C:\setup.exe", @"C:\setup.exe")]
    [InlineData(@"\\server\share\setup.msi", @"\\server\share\setup.msi")]
    public void An_installer_is_a_file_beside_the_spec_or_a_name_to_look_up(string command, string expected) =>
        Assert.Equal(Local(expected), Root(new() { Capture = new() { Command = command } }).Capture!.Command);

    [Fact]
    public void Other_files_start_from_the_spec_and_roots_stay()
    {
        var from = Root(new() { Directory = "files/", Target = "{Root}/a", RegistryFile = "a.reg", Packages = ["hello", "./x.deb", "y.deb"] });
        Assert.Equal((Local("/lab/files/"), "{Root}/a", Local("/lab/a.reg")), (from.Directory, from.Target, from.RegistryFile));
        Assert.Equal(["hello", Local("/lab/x.deb"), Local("/lab/y.deb")], from.Packages);
        Assert.Equal(Local("/lab/work"), Root(new() { Capture = new() { Command = "a", WorkingDirectory = "work" } }).Capture!.WorkingDirectory);
        Assert.Equal("{Temp}", Root(new() { Capture = new() { Command = "a", WorkingDirectory = "{Temp}" } }).Capture!.WorkingDirectory);
    }

    private static LayerSource Root(LayerSource from) =>
        ((Layer)(Node with { From = from, Source = new(Local("/lab/a.yaml"), []) }).WithFullPaths()).From;

    private static string Local(string path) => path.StartsWith('/') ? Path.GetFullPath(path) : path;
}

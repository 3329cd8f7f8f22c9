namespace VirtSpecs.Tests;

public class ApplicationTests
{
    private static Application Node =>
        new() { Name = "node-22", Layers = [new("node", "22.23.3")], Command = @"{ProgramFiles}\nodejs\node.exe" };

    [Fact]
    public void Defaults_are_what_the_design_says()
    {
        Assert.Equal("node-22", Node.QualifiedName);
        Assert.Equal(ApplicationActivation.Isolated, Node.Activation);
        Assert.Equal(WritablePolicy.Keep, Node.Writable);
        Assert.Empty(Node.Rules);
        Assert.Empty(SpecRules.FindErrors([Node]));
    }

    [Fact]
    public void An_application_has_layers_each_once()
    {
        Assert.Equal("layers: must have at least 1 item, not 0 in Application node-22",
            Assert.Single(SpecRules.FindErrors([Node with { Layers = [] }])).ToString());
        Assert.Equal("layers[1]", Assert.Single(SpecRules.FindErrors([Node with { Layers = [new("a"), new("A")] }])).Path);
        Assert.Equal("layers[0]", Assert.Single(SpecRules.FindErrors([Node with { Layers = [default] }])).Path);
        Assert.Empty(SpecRules.FindErrors([Node with { Layers = [new("a"), new("a", "1"), new("a", "2")] }]));
    }

    [Fact]
    public void The_whole_system_as_a_stage_is_not_supported_yet()
    {
        var error = Assert.Single(SpecRules.FindErrors([Node with { Activation = ApplicationActivation.Global }]));
        Assert.Equal("activation: 'global' is not supported by this version in Application node-22 (supported: isolated)", error.ToString());
    }

    [Theory]
    [InlineData(@"{ProgramFiles}\nodejs\node.exe", true)]
    [InlineData("/usr/bin/hello", true)]
    [InlineData(@"C:\Program Files\nodejs\node.exe", true)]
    [InlineData("node", true)]
    [InlineData("python3.11", true)]
    [InlineData("./node", false)]
    [InlineData(@"nodejs\node.exe", false)]
    [InlineData("C:node.exe", false)]
    [InlineData("{ProgramFiles", false)]
    [InlineData("/usr/../bin/hello", false)]
    [InlineData("/usr//bin/hello", false)]
    [InlineData(@"{ProgramFiles}\..\node.exe", false)]
    [InlineData("..", false)]
    public void A_program_is_found_by_path_or_looked_up_by_name(string command, bool isValid)
    {
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { Command = command }]).Count == 0);
        Assert.Equal(command, ((Application)(Node with { Command = command }).WithFullPaths()).Command);
    }

    [Theory]
    [InlineData("{Documents}", true)]
    [InlineData("/", true)]
    [InlineData(@"C:\", true)]
    [InlineData("C:", false)]
    [InlineData("work", false)]
    public void A_working_directory_is_below_a_root_or_absolute(string directory, bool isValid) =>
        Assert.Equal(isValid, SpecRules.FindErrors([Node with { WorkingDirectory = directory }]).Count == 0);

    [Theory]
    [InlineData("{Documents}", IsolationMode.PassThrough, null)]
    [InlineData(@"{AppData}\Demo", IsolationMode.Hide, null)]
    [InlineData(@"HKCU\Software\Demo", IsolationMode.Data, null)]
    [InlineData("HKLM", IsolationMode.Isolate, null)]
    [InlineData(@"HKCU\Software\Demo", IsolationMode.PassThrough, "rules[0].mode")]
    [InlineData(@"HKCR\Demo", IsolationMode.Hide, "rules[0].path")]
    [InlineData("/usr", IsolationMode.Hide, "rules[0].path")]
    [InlineData("{Documents}/**", IsolationMode.Hide, null)]
    public void Rules_are_for_places_and_no_registry_key_is_passed_through(string path, IsolationMode mode, string? faulty)
    {
        var errors = SpecRules.FindErrors([Node with { Rules = [new() { Path = path, Mode = mode }] }]);
        Assert.Equal(faulty is null ? [] : [faulty], errors.Select(error => error.Path));
        Assert.All(errors, error => Assert.True(error.Path != "rules[0].mode" || error.Message.Contains("no live registry", StringComparison.Ordinal)));
    }

    [Fact]
    public void Applications_that_say_the_same_are_equal()
    {
        static Application Describe() => Node with
        {
            Environment = new([new("A", "b")]),
            Rules = [new() { Path = "{Documents}", Mode = IsolationMode.PassThrough }],
        };
        Assert.Equal(Describe(), Describe());
        Assert.Equal(Describe().GetHashCode(), Describe().GetHashCode());
        Assert.NotEqual(Describe(), Describe() with { Environment = LabelDictionary.None });
    }
}

namespace VirtSpecs.Yaml.Tests;

/// <summary>Another kind is a record and nothing else.</summary>
public class OtherKindTests
{
    private const string Text = """
        apiVersion: virttools/v1
        kind: Layer
        name: node
        version: "22.23.3"
        platform: windows
        from:
          capture: {command: node-setup.exe, arguments: [/S]}
        rules:
          exclude: ["{Temp}/**"]
        """;

    [Fact]
    public void The_layer_of_the_design_is_read_as_it_stands()
    {
        var layer = Assert.IsType<Layer>(Assert.Single(Read(Text)));
        Assert.Equal(
            new Layer
            {
                Name = "node",
                Version = "22.23.3",
                Platform = Platform.Windows,
                From = new() { Capture = new() { Command = "node-setup.exe", Arguments = ["/S"] } },
                Rules = new() { Exclude = ["{Temp}/**"] },
            },
            layer);
        Assert.Equal(layer, Assert.Single(Read(SpecYaml.Write([layer]))));
    }

    [Fact]
    public void A_version_is_text_in_quotes() =>
        Assert.Equal("4:10: version: must be text, not the number 22.23 (write \"22.23\" in quotes)",
            Assert.Throws<SpecException>(() => Read(Text.Replace("\"22.23.3\"", "22.23", StringComparison.Ordinal))).Errors[0].ToString());

    private static IReadOnlyList<Spec> Read(string text)
    {
        var reader = new SpecReader(null, [new SpecKind(typeof(Layer))]);
        new YamlComposer(text, reader).ReadDocuments();
        return reader.Finish();
    }

    public enum Platform
    {
        Linux,
        Windows,
    }

    [SpecKind("A layer.")]
    public sealed record Layer : Spec
    {
        [SpecMember("Version.")]
        public required string Version { get; init; }

        [SpecMember("Platform.")]
        public Platform Platform { get; init; }

        [SpecMember("Origin.")]
        public required Origin From { get; init; }

        [SpecMember("Rules.")]
        public Isolation Rules { get; init; } = new();
    }

    public sealed record Origin
    {
        [SpecMember("Installation to capture.")]
        public Capture? Capture { get; init; }
    }

    public sealed record Capture
    {
        [SpecMember("Program.")]
        public required string Command { get; init; }

        [SpecMember("Arguments.")]
        public ValueList<string> Arguments { get; init; } = [];
    }

    public sealed record Isolation
    {
        [SpecMember("Patterns.")]
        public ValueList<string> Exclude { get; init; } = [];
    }
}

namespace VirtSpecs.Yaml.Tests;

/// <summary>Another kind is a record and nothing else.</summary>
public class OtherKindTests
{
    private const string Text = """
        apiVersion: virttools/v1
        kind: Switch
        name: lab
        model: "22.10"
        speed: fast
        uplink:
          trunk: {host: core, ports: [a, b]}
        rules:
          deny: ["*:25"]
        """;

    [Fact]
    public void A_document_of_the_kind_is_read_and_written()
    {
        var expected = new Switch
        {
            Name = "lab",
            Model = "22.10",
            Speed = Pace.Fast,
            Uplink = new() { Trunk = new() { Host = "core", Ports = ["a", "b"] } },
            Rules = new() { Deny = ["*:25"] },
        };
        Assert.Equal(expected, Assert.Single(Read(Text)));
        Assert.Equal(expected, Assert.Single(Read(SpecYaml.Write([expected]))));
    }

    [Fact]
    public void Its_texts_are_no_numbers() =>
        Assert.Equal("4:8: model: must be text, not the number 22.1 (write \"22.1\" in quotes)",
            Assert.Throws<SpecException>(() => Read(Text.Replace("\"22.10\"", "22.1", StringComparison.Ordinal))).Errors[0].ToString());

    private static IReadOnlyList<Spec> Read(string text)
    {
        var reader = new SpecReader(null, [new SpecKind(typeof(Switch))]);
        new YamlComposer(text, reader).ReadDocuments();
        return reader.Finish();
    }

    public enum Pace
    {
        Slow,
        Fast,
    }

    [SpecKind("A switch.")]
    public sealed record Switch : Spec
    {
        [SpecMember("Model.")]
        public required string Model { get; init; }

        [SpecMember("Speed.")]
        public Pace Speed { get; init; }

        [SpecMember("Uplink.")]
        public required Connection Uplink { get; init; }

        [SpecMember("Rules.")]
        public Filter Rules { get; init; } = new();
    }

    public sealed record Connection
    {
        [SpecMember("Trunk.")]
        public Bundle? Trunk { get; init; }
    }

    public sealed record Bundle
    {
        [SpecMember("Host.")]
        public required string Host { get; init; }

        [SpecMember("Ports.")]
        public ValueList<string> Ports { get; init; } = [];
    }

    public sealed record Filter
    {
        [SpecMember("Patterns.")]
        public ValueList<string> Deny { get; init; } = [];
    }
}

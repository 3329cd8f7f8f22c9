using System.Text.Json.Nodes;

namespace VirtSpecs.Tests;

public class JsonSchemaTests
{
    [Fact]
    public void The_schema_in_the_repository_is_the_one_of_the_code() =>
        GeneratedFile.Check(Path.Combine(Repository.Root, "schemas", "virttools-v1.schema.json"), JsonSchema.Generate());

    [Fact]
    public void Editors_learn_what_a_key_may_hold()
    {
        var machine = JsonNode.Parse(JsonSchema.Generate())!["$defs"]!["Machine"]!;
        var keys = machine["properties"]!;
        Assert.Equal(["apiVersion", "kind", "name", "boot"], Words(machine["required"]));
        Assert.False(machine["additionalProperties"]!.GetValue<bool>());
        Assert.Equal(1, keys["processors"]!["minimum"]!.GetValue<int>());
        Assert.Equal(8, keys["processors"]!["maximum"]!.GetValue<int>());
        Assert.Equal(1, keys["processors"]!["default"]!.GetValue<int>());
        Assert.Equal("512MiB", keys["memory"]!["default"]!.GetValue<string>());
        Assert.Equal(["kvm", "whp", "software"], Words(keys["hypervisor"]!["enum"]));
        Assert.Equal("30s", keys["stop"]!["properties"]!["timeout"]!["default"]!.GetValue<string>());

        static IEnumerable<string> Words(JsonNode? array) => array!.AsArray().Select(word => word!.GetValue<string>());
    }

    [Fact]
    public void Every_key_is_described()
    {
        foreach (var member in SpecKind.All.SelectMany(kind => kind.Record.Members))
        {
            Assert.EndsWith(".", member.Summary, StringComparison.Ordinal);
        }
    }
}

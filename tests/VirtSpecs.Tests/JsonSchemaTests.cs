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
        Assert.Equal(["apiVersion", "kind", "name", "boot"], machine["required"]!.AsArray().Select(key => key!.GetValue<string>()));
        Assert.False(machine["additionalProperties"]!.GetValue<bool>());
        var processors = machine["properties"]!["processors"]!;
        Assert.Equal((1, 8, 1), (processors["minimum"]!.GetValue<int>(), processors["maximum"]!.GetValue<int>(), processors["default"]!.GetValue<int>()));
        Assert.Equal("512MiB", machine["properties"]!["memory"]!["default"]!.GetValue<string>());
        Assert.Equal(["kvm", "whp", "software"], machine["properties"]!["hypervisor"]!["enum"]!.AsArray().Select(word => word!.GetValue<string>()));
        Assert.Equal("30s", machine["properties"]!["stop"]!["properties"]!["timeout"]!["default"]!.GetValue<string>());
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

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>The JSON schema (draft 2020-12) of specs, for editors.</summary>
public static class JsonSchema
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Generates the schema of one document of any kind, from the same descriptions that reading follows.</summary>
    /// <returns>The schema as indented JSON that ends with a line feed.</returns>
    public static string Generate()
    {
        var kinds = SpecKind.All;
        var definitions = new JsonObject();
        var choices = new JsonArray();
        foreach (var kind in kinds)
        {
            definitions[kind.Name] = Describe(kind);
            choices.Add(new JsonObject
            {
                ["if"] = new JsonObject
                {
                    ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind.Name } },
                    ["required"] = new JsonArray("kind"),
                },
                ["then"] = new JsonObject { ["$ref"] = $"#/$defs/{kind.Name}" },
            });
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = $"VirtTools specs, {Spec.ApiVersion}",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject { ["const"] = Spec.ApiVersion },
                ["kind"] = new JsonObject { ["enum"] = new JsonArray([.. kinds.Select(kind => JsonValue.Create(kind.Name))]) },
            },
            ["required"] = new JsonArray([.. SpecKind.HeaderKeys.Select(key => JsonValue.Create(key))]),
            ["allOf"] = choices,
            ["$defs"] = definitions,
        }.ToJsonString(Options) + "\n";
    }

    private static JsonObject Describe(SpecKind kind)
    {
        var schema = kind.Record.Schema();
        schema["title"] = kind.Name;
        schema["description"] = kind.Description;
        var properties = schema["properties"]!.AsObject();
        properties.Insert(0, "apiVersion", new JsonObject { ["const"] = Spec.ApiVersion, ["description"] = "Version of the format." });
        properties.Insert(1, "kind", new JsonObject { ["const"] = kind.Name, ["description"] = "Kind of the document." });
        var required = schema["required"]!.AsArray();
        required.Insert(0, "apiVersion");
        required.Insert(1, "kind");
        return schema;
    }
}

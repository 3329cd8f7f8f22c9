using System.Text.Json.Serialization;

namespace AppLayer.Activation;

/// <summary>How the records of base prefixes are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BasePrefixRecord))]
internal sealed partial class BasePrefixJson : JsonSerializerContext;

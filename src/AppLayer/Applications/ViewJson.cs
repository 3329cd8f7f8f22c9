using System.Text.Json.Serialization;

namespace AppLayer.Applications;

/// <summary>How a part of a state file is read; the rest is passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ViewRecord))]
internal sealed partial class ViewJson : JsonSerializerContext;

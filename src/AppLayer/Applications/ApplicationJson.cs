using System.Text.Json.Serialization;

namespace AppLayer.Applications;

/// <summary>How state files are written: the serialisers are generated, so that a process starts fast.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters = [typeof(ApplicationSpecConverter)])]
[JsonSerializable(typeof(ApplicationRecord))]
[JsonSerializable(typeof(TemporaryRecord))]
[JsonSerializable(typeof(ApplicationRunRecord))]
internal sealed partial class ApplicationJson : JsonSerializerContext;

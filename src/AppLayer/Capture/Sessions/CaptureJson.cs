using System.Text.Json.Serialization;
using AppLayer.Capture.Installers;

namespace AppLayer.Capture.Sessions;

/// <summary>How the state of captures is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CaptureRecord))]
[JsonSerializable(typeof(ControlRecord))]
internal sealed partial class CaptureJson : JsonSerializerContext;

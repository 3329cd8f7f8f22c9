using System.Text.Json.Serialization;
using VirtEngine.Hypervisors.Kvm;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>How state files are written: the serialisers are generated, so that a process starts fast.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    Converters = [typeof(SpecConverter<Machine>), typeof(SpecConverter<Switch>)])]
[JsonSerializable(typeof(MachineRecord))]
[JsonSerializable(typeof(SwitchRecord))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(KvmVerdict))]
internal sealed partial class StateJson : JsonSerializerContext;

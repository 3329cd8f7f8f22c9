using VirtEngine.Hypervisors;

namespace VirtEngine.Measures;

/// <summary>What a virtual processor has done since the last reset.</summary>
/// <param name="Counters">Its counters.</param>
/// <param name="Time">The host's processor time that its thread has used.</param>
internal sealed record ProcessorSample(ProcessorCounters Counters, TimeSpan Time);

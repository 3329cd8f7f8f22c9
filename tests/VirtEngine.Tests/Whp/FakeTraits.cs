namespace VirtEngine.Tests.Whp;

/// <summary>In what ways a fake platform is one that somebody has met.</summary>
/// <param name="TellsOfHalts">HLT leaves the guest, and the processor goes on behind it; else it sleeps inside.</param>
/// <param name="CallsDevicesCanceled">Accesses to devices are labelled canceled runs.</param>
internal sealed record FakeTraits(bool TellsOfHalts = false, bool CallsDevicesCanceled = false);

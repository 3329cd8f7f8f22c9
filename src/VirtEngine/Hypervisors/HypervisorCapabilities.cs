namespace VirtEngine.Hypervisors;

/// <summary>What a probe found.</summary>
/// <param name="Usable">Whether it can run an operating system here.</param>
/// <param name="Reason">Why, in one sentence for the admin.</param>
/// <param name="MaximumProcessors">Virtual processors in one partition.</param>
/// <param name="Accelerated">Whether guest code runs on the processor itself.</param>
public sealed record HypervisorCapabilities(bool Usable, string Reason, int MaximumProcessors, bool Accelerated);

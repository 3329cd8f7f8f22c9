namespace VirtSpecs;

/// <summary>What is: a spec as it was last applied, with full paths, and whether its thing runs.</summary>
/// <param name="Spec">The spec as last applied.</param>
/// <param name="State">Whether it runs; <see cref="RunState.Stopped"/> for a thing that never does, such as a layer.</param>
public sealed record SpecState(Spec Spec, RunState State = RunState.Stopped);

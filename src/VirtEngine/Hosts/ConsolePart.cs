namespace VirtEngine.Hosts;

/// <summary>A part of what a guest wrote to its console.</summary>
/// <param name="Offset">Where it stands, in bytes from the run's start.</param>
/// <param name="Data">The bytes.</param>
public readonly record struct ConsolePart(long Offset, ReadOnlyMemory<byte> Data);

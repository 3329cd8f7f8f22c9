namespace AppLayer.Applications;

/// <summary>A part of what a program wrote to one of its standard streams.</summary>
/// <param name="Offset">Where it stands, in bytes from the program's start.</param>
/// <param name="Data">The bytes.</param>
public readonly record struct ProgramOutputPart(long Offset, ReadOnlyMemory<byte> Data);

namespace VirtSpecs;

/// <summary>A place in a text: line and column from 1, or 0 where it isn't known.</summary>
internal readonly record struct SpecPosition(int Line, int Column);

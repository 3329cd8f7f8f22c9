namespace AppLayer.Registry.Hive;

/// <summary>An offset that leads from one cell to another, and the field that holds it.</summary>
/// <param name="Value">Bytes from the start of the first hive bin.</param>
/// <param name="Field">Where it was read.</param>
internal readonly record struct HivePointer(uint Value, HiveField Field)
{
    /// <summary>Points nowhere.</summary>
    internal const uint Nowhere = uint.MaxValue;

    internal bool IsNowhere => Value == Nowhere;
}

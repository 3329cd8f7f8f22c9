namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>BTR.</summary>
internal readonly struct BitReset : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value & ~bit;
}

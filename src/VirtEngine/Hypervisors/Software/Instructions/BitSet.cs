namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>BTS.</summary>
internal readonly struct BitSet : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value | bit;
}

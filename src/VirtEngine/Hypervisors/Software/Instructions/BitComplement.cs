namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>BTC.</summary>
internal readonly struct BitComplement : IBitOperation
{
    public static bool Writes => true;

    public static ulong Change(ulong value, ulong bit) => value ^ bit;
}

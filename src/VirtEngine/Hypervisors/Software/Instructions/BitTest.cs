namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>BT.</summary>
internal readonly struct BitTest : IBitOperation
{
    public static bool Writes => false;

    public static ulong Change(ulong value, ulong bit) => value;
}

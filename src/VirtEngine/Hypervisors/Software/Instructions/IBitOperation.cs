namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>What BT, BTS, BTR and BTC do to the tested bit.</summary>
internal interface IBitOperation
{
    static abstract bool Writes { get; }

    static abstract ulong Change(ulong value, ulong bit);
}

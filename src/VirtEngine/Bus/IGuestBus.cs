namespace VirtEngine.Bus;

/// <summary>What answers a guest's accesses that no RAM and no processor-private device answers.</summary>
public interface IGuestBus
{
    /// <summary>IN from a port; unclaimed ports read as all ones.</summary>
    uint ReadPort(ushort port, int size);

    /// <summary>OUT to a port; unclaimed ports swallow it.</summary>
    void WritePort(ushort port, int size, uint value);

    /// <summary>A load of 1, 2, 4 or 8 bytes that does not cross a page; unclaimed addresses read as all ones.</summary>
    ulong ReadMmio(ulong address, int size);

    /// <summary>A store of 1, 2, 4 or 8 bytes that does not cross a page; unclaimed addresses swallow it.</summary>
    void WriteMmio(ulong address, int size, ulong value);
}

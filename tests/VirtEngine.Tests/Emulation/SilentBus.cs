using VirtEngine.Bus;

namespace VirtEngine.Tests.Emulation;

/// <summary>A bus that only counts.</summary>
internal sealed class SilentBus : IGuestBus
{
    internal int Accesses { get; private set; }

    public uint ReadPort(ushort port, int size) => (uint)++Accesses;

    public void WritePort(ushort port, int size, uint value) => Accesses++;

    public ulong ReadMmio(ulong address, int size) => (ulong)++Accesses;

    public void WriteMmio(ulong address, int size, ulong value) => Accesses++;
}

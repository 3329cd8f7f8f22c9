using VirtEngine.Bus;

namespace VirtEngine.Tests.Whp;

/// <summary>The bus of the fake platform's processors: nothing answers, the processor leaves its guest.</summary>
internal sealed class TrapBus : IGuestBus
{
    public uint ReadPort(ushort port, int size) => throw new AccessTrap(isPort: true, isWrite: false, port, size);

    public void WritePort(ushort port, int size, uint value) => throw new AccessTrap(isPort: true, isWrite: true, port, size);

    public ulong ReadMmio(ulong address, int size) => throw new AccessTrap(isPort: false, isWrite: false, address, size);

    public void WriteMmio(ulong address, int size, ulong value) => throw new AccessTrap(isPort: false, isWrite: true, address, size);
}

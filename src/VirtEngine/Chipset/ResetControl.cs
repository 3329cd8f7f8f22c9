using VirtEngine.Bus;
using VirtEngine.State;

namespace VirtEngine.Chipset;

/// <summary>The reset control register at port CF9h (Intel ICH9, 13.7.5), which the FADT names as the machine's reset register.</summary>
internal sealed class ResetControl(IPowerControl power) : IPortDevice, IStatefulDevice
{
    internal const ushort Port = 0xCF9;

    /// <summary>What the FADT tells to write: a hard reset of the processor and everything else.</summary>
    internal const byte HardReset = 0x06;

    private const byte ResetProcessor = 4, Writable = 0x0A;

    private volatile byte _value;

    public string StateName => "reset";

    public int StateVersion => 1;

    internal void Map(GuestBus bus) => bus.MapPorts(Port, 1, this);

    public uint ReadPort(ushort port, int size) => _value;

    public void WritePort(ushort port, int size, uint data)
    {
        _value = (byte)(data & Writable);
        if ((data & ResetProcessor) != 0) power.RequestReset("port CF9h");
    }

    public void SaveState(BinaryWriter writer) => writer.Write(_value);

    public void LoadState(BinaryReader reader, int version) => _value = (byte)(reader.ReadByte() & Writable);
}

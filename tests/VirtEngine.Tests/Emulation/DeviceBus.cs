using System.Globalization;
using VirtEngine.Bus;

namespace VirtEngine.Tests.Emulation;

/// <summary>A bus on which everything answers: with a value that depends on the place and on how many accesses came before. Keeps a log.</summary>
internal sealed class DeviceBus : IGuestBus
{
    /// <summary>The port that ends a program.</summary>
    internal const ushort End = 0xF4;

    internal List<string> Log { get; } = [];

    internal bool HasEnded { get; private set; }

    /// <summary>Called when the program writes to <see cref="End"/>.</summary>
    internal Action? Ended { get; set; }

    internal void Reset()
    {
        Log.Clear();
        HasEnded = false;
    }

    public uint ReadPort(ushort port, int size) => (uint)Answer($"in {port:x} {size}", port, size);

    public void WritePort(ushort port, int size, uint value)
    {
        if (port == End)
        {
            HasEnded = true;
            Ended?.Invoke();
            return;
        }
        Note($"out {port:x} {size} {value:x}");
    }

    public ulong ReadMmio(ulong address, int size) => Answer($"load {address:x} {size}", address, size);

    public void WriteMmio(ulong address, int size, ulong value) => Note($"store {address:x} {size} {value:x}");

    private ulong Answer(FormattableString access, ulong place, int size)
    {
        ulong value = (place + 1) * 0x9E37_79B9_7F4A_7C15 + (ulong)Log.Count * 0xD1B5_4A32_D192_ED03;
        value ^= value >> 29;
        Note(access);
        return size == 8 ? value : value & ((1ul << (8 * size)) - 1);
    }

    private void Note(FormattableString access) => Log.Add(access.ToString(CultureInfo.InvariantCulture));
}

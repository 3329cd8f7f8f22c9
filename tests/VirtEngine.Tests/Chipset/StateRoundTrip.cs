using VirtEngine.State;

namespace VirtEngine.Tests.Chipset;

internal static class StateRoundTrip
{
    internal static byte[] Save(IStatefulDevice device)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        device.SaveState(writer);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Loads and sees that the unit was read to its end and saves to the same bytes.</summary>
    internal static void Load(IStatefulDevice device, byte[] state)
    {
        Read(device, state);
        Assert.Equal(state, Save(device));
    }

    /// <summary>Loads and sees that the unit was read to its end. Its state may change from then on: the device goes to work.</summary>
    internal static void Read(IStatefulDevice device, byte[] state)
    {
        using var stream = new MemoryStream(state);
        using var reader = new BinaryReader(stream);
        device.LoadState(reader, device.StateVersion);
        Assert.Equal(state.Length, stream.Position);
    }
}

using VirtEngine.Chipset;

namespace VirtEngine.Tests.Chipset;

internal sealed class RecordingPower : IPowerControl
{
    internal List<string> Resets { get; } = [];

    internal int PowerOffs { get; private set; }

    public void RequestReset(string source) => Resets.Add(source);

    public void RequestPowerOff() => PowerOffs++;
}

using VirtEngine.Hosts;
using VirtFoundation.Control;

namespace VirtEngine.Control;

/// <summary>Stops the switch.</summary>
internal sealed record StopSwitchRequest : ControlRequest;

/// <summary>What is plugged into the switch, and how many addresses it has learned.</summary>
internal sealed record SwitchStatusReply(IReadOnlyList<SwitchPortInfo> Ports, int Addresses) : ControlReply;

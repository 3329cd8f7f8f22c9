namespace VirtEngine.Virtio;

/// <summary>A message of the console's control queues (virtio 1.2, 5.3.6.2).</summary>
/// <param name="Port">Port number.</param>
/// <param name="Event">What it says.</param>
/// <param name="Value">More of it.</param>
internal readonly record struct ConsoleControl(uint Port, ConsoleEvent Event, ushort Value);

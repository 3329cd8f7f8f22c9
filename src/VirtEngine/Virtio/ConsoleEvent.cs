namespace VirtEngine.Virtio;

/// <summary>Events of the console's control queues (virtio 1.2, 5.3.6.2.1).</summary>
internal enum ConsoleEvent : ushort
{
    DeviceReady = 0,
    DeviceAdd = 1,
    DeviceRemove = 2,
    PortReady = 3,
    ConsolePort = 4,
    Resize = 5,
    PortOpen = 6,
    PortName = 7,
}

namespace VirtEngine.Virtio;

/// <summary>How a device reaches its driver; the transport implements it. The device's lock is held.</summary>
internal interface IVirtioInterrupts
{
    /// <summary>Buffers of a queue were used.</summary>
    void RaiseQueue(int queue);

    /// <summary>The device's configuration or status changed.</summary>
    void RaiseConfiguration();
}

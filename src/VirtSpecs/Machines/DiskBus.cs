namespace VirtSpecs;

/// <summary>How a guest reaches a disk.</summary>
public enum DiskBus
{
    /// <summary>A namespace of an NVM Express controller, which operating systems bring a driver for.</summary>
    Nvme,

    /// <summary>A virtio block device of its own.</summary>
    Virtio,
}

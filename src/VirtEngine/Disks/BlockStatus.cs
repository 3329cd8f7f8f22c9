namespace VirtEngine.Disks;

/// <summary>Why a request to a block device failed.</summary>
internal enum BlockStatus
{
    /// <summary>The medium did not take or give the data.</summary>
    MediumError,

    /// <summary>The host has no room for what was written.</summary>
    NoSpace,

    /// <summary>The request lies outside the device, or not on its logical blocks.</summary>
    OutOfRange,

    /// <summary>The device cannot be written to.</summary>
    ReadOnly,

    /// <summary>The device was closed before the request was done.</summary>
    Closed,
}

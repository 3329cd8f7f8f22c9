namespace VirtEngine.Disks;

/// <summary>What a block device does better than by writing.</summary>
[Flags]
internal enum BlockCapabilities
{
    None = 0,

    /// <summary>Discarded ranges give their room back; without it a discard is accepted and does nothing.</summary>
    Discard = 1,

    /// <summary>Discarded ranges read as zeroes.</summary>
    DiscardZeroes = 2,
}

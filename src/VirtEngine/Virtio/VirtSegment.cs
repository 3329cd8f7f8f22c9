namespace VirtEngine.Virtio;

/// <summary>A run of guest RAM in a descriptor chain; its bounds have been checked.</summary>
internal readonly record struct VirtSegment(ulong Address, int Length);

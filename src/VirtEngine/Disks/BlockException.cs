namespace VirtEngine.Disks;

/// <summary>A request to a block device that failed.</summary>
internal sealed class BlockException(BlockStatus status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    internal BlockStatus Status => status;
}

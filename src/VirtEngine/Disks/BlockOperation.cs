namespace VirtEngine.Disks;

/// <summary>What a request asks of a block device.</summary>
internal enum BlockOperation
{
    Read,
    Write,
    Flush,
    Discard,
    WriteZeroes,
}

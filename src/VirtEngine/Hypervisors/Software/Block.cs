using System.Runtime.InteropServices;

namespace VirtEngine.Hypervisors.Software;

/// <summary>Decoded instructions that run one after another, from one page of RAM. Its ops follow it in memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Block
{
    /// <summary>Offset in RAM of the first byte, and the code size in the two highest bits.</summary>
    internal ulong Key;

    /// <summary>Next block in the same hash bucket.</summary>
    internal Block* HashNext;

    /// <summary>The page's counter, and its value when the block was decoded: while they are equal, the block is valid.</summary>
    internal uint* VersionPointer;

    /// <summary>The same for the page that the last instruction ends in: another one for a block of one crossing instruction.</summary>
    internal uint* EndVersionPointer;

    internal uint Version;
    internal uint EndVersion;

    /// <summary>Blocks that ran next, in the same page: after a taken branch, and after one that was not.</summary>
    internal Block* Taken;

    internal Block* NotTaken;

    /// <summary>Guest instructions.</summary>
    internal int Instructions;

    /// <summary>Ops, where two fused instructions are one.</summary>
    internal short OpCount;

    /// <summary>Whether the block's instruction ends in the next page, which depends on the mapping. That may be the same page of RAM.</summary>
    internal bool Crosses;

    /// <summary>First op of the block at <paramref name="block"/>.</summary>
    internal static Op* Ops(Block* block) => (Op*)(block + 1);
}

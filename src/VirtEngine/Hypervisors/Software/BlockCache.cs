using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// One processor's decoded blocks, found by the physical address of their code. They lie in an arena that is emptied whole when it is
/// full; outdated ones stay until then.
/// </summary>
internal sealed unsafe class BlockCache : IDisposable
{
    private const int ArenaBytes = 5 << 19;
    private const int Buckets = 1 << 14;
    private const int JumpEntries = 1 << 12;

    /// <summary>Ops that a block may have at most.</summary>
    internal const int MaximumOps = 64;

    private const int LargestBlock = (MaximumOps + 1) * 32 + 128;

    private readonly GuestMemory _memory;
    private readonly byte* _arena;
    private readonly Block** _buckets;
    private readonly JumpEntry* _jumps;
    private byte* _next;

    internal BlockCache(GuestMemory memory)
    {
        _memory = memory;
        _arena = (byte*)NativeMemory.AlignedAlloc(ArenaBytes, 64);
        _buckets = (Block**)NativeMemory.AllocZeroed(Buckets, (nuint)sizeof(Block*));
        _jumps = (JumpEntry*)NativeMemory.AllocZeroed(JumpEntries, (nuint)sizeof(JumpEntry));
        _next = _arena;
    }

    /// <summary>Counts arenas emptied: a pointer to a block is good as long as this does not change.</summary>
    internal int Epoch { get; private set; }

    /// <summary>The jump cache's entry for an instruction pointer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal JumpEntry* JumpOf(ulong rip) => _jumps + ((rip ^ rip >> 12) & (JumpEntries - 1));

    /// <summary>Finds a valid block. Outdated ones on the way are taken out, or code that keeps being rewritten would make a long list.</summary>
    internal Block* Find(ulong key)
    {
        Block** link = &_buckets[Hash(key)];
        while (*link != null)
        {
            Block* block = *link;
            if (block->Key != key) link = &block->HashNext;
            else if (*block->VersionPointer == block->Version) return block;
            else *link = block->HashNext;
        }
        return null;
    }

    /// <summary>Space for a block under construction; the next call gives the same space unless <see cref="Commit"/> was called.</summary>
    internal Block* Reserve()
    {
        if (_next + LargestBlock > _arena + ArenaBytes) Clear();
        return (Block*)_next;
    }

    /// <summary>Keeps the reserved block; one that crosses pages is found through the jump cache only.</summary>
    internal void Commit(Block* block)
    {
        _next += sizeof(Block) + block->OpCount * sizeof(Op);
        _next = (byte*)(((nint)_next + 31) & ~31);
        if (block->Crosses) return;
        Block** bucket = &_buckets[Hash(block->Key)];
        block->HashNext = *bucket;
        *bucket = block;
    }

    /// <summary>Marks the page at an offset in RAM as code.</summary>
    internal uint MarkCode(ulong offset, out uint* version)
    {
        ulong page = offset >> GuestMemory.PageShift;
        version = _memory.Pages.VersionOf(page);
        return _memory.Pages.MarkCode(page);
    }

    private void Clear()
    {
        _next = _arena;
        NativeMemory.Clear(_buckets, (nuint)(Buckets * sizeof(Block*)));
        NativeMemory.Clear(_jumps, (nuint)(JumpEntries * sizeof(JumpEntry)));
        Epoch++;
    }

    private static int Hash(ulong key) => (int)((key ^ key >> 14 ^ key >> 28) & (Buckets - 1));

    public void Dispose()
    {
        NativeMemory.AlignedFree(_arena);
        NativeMemory.Free(_buckets);
        NativeMemory.Free(_jumps);
    }
}

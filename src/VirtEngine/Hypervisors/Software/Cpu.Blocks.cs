using Iced.Intel;
using VirtEngine.Hypervisors.Software.Decoding;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software;

/// <content>From an instruction pointer to its block.</content>
internal sealed unsafe partial class Cpu
{
    private readonly BlockBuilder _builder = new();

    // One uncached block for single steps.
    private readonly byte* _scratch = (byte*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc(256, 64);

    /// <summary>The block that runs; its ops become <see cref="OpCase.Outdated"/> when its code is overwritten.</summary>
    internal Block* CurrentBlock;

    /// <summary>Finds or decodes the block at <paramref name="rip"/>.</summary>
    /// <returns>Null if a fault is raised.</returns>
    internal Block* FindBlock(ulong rip)
    {
        JumpEntry* jump = Blocks.JumpOf(rip);
        if (jump->Rip == rip && jump->Context == Context && jump->Block != null && IsValid(jump->Block)) return jump->Block;
        if (!TryLocateCode(rip, out ulong linear, out ulong offset)) return null;
        ulong key = offset | (ulong)(CodeBits >> 4) << 60;
        Block* block = Blocks.Find(key);
        if (block == null)
        {
            block = BuildBlock(linear, offset, BlockCache.MaximumOps, Blocks.Reserve());
            if (block == null) return null;
            block->Key = key;
            Blocks.Commit(block);
        }
        jump = Blocks.JumpOf(rip);
        jump->Rip = rip;
        jump->Context = Context;
        jump->Block = block;
        return block;
    }

    /// <summary>Decodes the one instruction at RIP into a block that is not kept.</summary>
    /// <returns>Null if a fault is raised.</returns>
    internal Block* DecodeOne(out Instruction instruction)
    {
        Block* block = TryLocateCode(State->Rip, out ulong linear, out ulong offset) ? BuildBlock(linear, offset, 1, (Block*)_scratch) : null;
        instruction = _builder.Single;
        return block;
    }

    /// <summary>Whether two instruction pointers are in one page, whatever CS begins at.</summary>
    internal bool AreInOnePage(ulong rip, ulong other)
    {
        ulong start = Is64Bit ? 0 : State->SegmentBase[SegmentRegister.Cs];
        return (rip + start) >> GuestMemory.PageShift == (other + start) >> GuestMemory.PageShift;
    }

    private static bool IsValid(Block* block) =>
        *block->VersionPointer == block->Version && *block->EndVersionPointer == block->EndVersion;

    private bool TryLocateCode(ulong rip, out ulong linear, out ulong offset)
    {
        linear = rip;
        offset = 0;
        if (!Is64Bit)
        {
            if (rip > Segments[SegmentRegister.Cs].Limit) return RaiseGeneralProtection();
            linear = (uint)(rip + State->SegmentBase[SegmentRegister.Cs]);
        }
        else if (!IsCanonical(rip)) return RaiseGeneralProtection();
        return TryLocateCode(linear, out offset);
    }

    private bool TryLocateCode(ulong linear, out ulong offset)
    {
        TlbEntry* entry = EntryOf(State->Tlb, linear);
        if (entry->FetchTag == (linear & PageMask))
        {
            offset = (ulong)((byte*)linear + entry->Addend - Memory.Pointer);
            return true;
        }
        offset = 0;
        if (!TryTranslate(linear, MemoryAccess.Fetch, State->Cpl == 3, out ulong physical)) return false;
        if (Memory.TryGetOffset(physical, out offset)) return true;
        Fail($"The guest runs code at physical address 0x{physical:x} (linear 0x{linear:x}), where no RAM is.");
        return RaiseGeneralProtection();
    }

    private Block* BuildBlock(ulong linear, ulong offset, int maximum, Block* block)
    {
        *block = default;
        block->Version = block->EndVersion = Blocks.MarkCode(offset, out block->VersionPointer);
        block->EndVersionPointer = block->VersionPointer;
        int available = GuestMemory.PageSize - (int)(offset & (GuestMemory.PageSize - 1));
        byte* code = Memory.Pointer + offset;
        if (_builder.TryDecode(block, code, available, CodeBits, maximum)) return block;

        // The instruction goes on in the next page.
        const int longest = 15;
        ulong next = Is64Bit ? linear + (ulong)available : (uint)(linear + (ulong)available);
        if (!IsCanonical(next)) { RaiseGeneralProtection(); return null; }
        if (!TryLocateCode(next, out ulong nextOffset)) return null;
        block->Crosses = true;
        block->EndVersion = Blocks.MarkCode(nextOffset, out block->EndVersionPointer);
        byte* bytes = stackalloc byte[2 * longest + 2];
        new Span<byte>(code, available).CopyTo(new Span<byte>(bytes, available));
        new Span<byte>(Memory.Pointer + nextOffset, longest).CopyTo(new Span<byte>(bytes + available, longest));
        _builder.TryDecode(block, bytes, available + longest, CodeBits, 1);
        return block;
    }

    /// <summary>Turns the running block's ops into exits: their code is no longer what memory holds.</summary>
    private void OutdateCurrentBlock()
    {
        Block* block = CurrentBlock;
        if (block == null || IsValid(block)) return;
        Op* ops = Block.Ops(block);
        for (int i = 0; i < block->OpCount; i++) ops[i].Kind = OpCase.Outdated;
    }
}

using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <summary>Decodes guest code into blocks.</summary>
internal sealed unsafe class BlockBuilder
{
    private const int LongestInstruction = 15;

    /// <summary>
    /// What this processor does not know in the space of hints (0F 0D, 0F 18–1F: RDSSP, MPX, CLDEMOTE …) does nothing, as compilers rely on;
    /// WBNOINVD is WBINVD with a prefix that means nothing.
    /// </summary>
    internal const DecoderOptions Options = DecoderOptions.ForceReservedNop | DecoderOptions.NoWbnoinvd;

    private readonly CodeWindow _window = new();
    private readonly Decoder _decoder16, _decoder32, _decoder64;

    internal BlockBuilder()
    {
        _decoder16 = Decoder.Create(16, _window, Options);
        _decoder32 = Decoder.Create(32, _window, Options);
        _decoder64 = Decoder.Create(64, _window, Options);
    }

    /// <summary>The instruction of the last block that was to be of one.</summary>
    internal Instruction Single { get; private set; }

    /// <summary>Decodes from <paramref name="code"/> on into <paramref name="block"/>, until control goes elsewhere or the page ends.</summary>
    /// <param name="block">Space for the block; its ops and counts are filled in.</param>
    /// <param name="code">The first byte.</param>
    /// <param name="available">Bytes up to the end of the page.</param>
    /// <param name="bits">The code size.</param>
    /// <param name="maximum">Instructions at the most.</param>
    /// <returns>False if already the first instruction is longer than <paramref name="available"/>.</returns>
    internal bool TryDecode(Block* block, byte* code, int available, int bits, int maximum)
    {
        Decoder decoder = bits == 64 ? _decoder64 : bits == 32 ? _decoder32 : _decoder16;
        _window.Set(code, available);
        decoder.IP = 0;
        Op* ops = Block.Ops(block);
        int count = 0, instructions = 0;
        bool endsBlock = false;
        while (!endsBlock && instructions < maximum && count < BlockCache.MaximumOps)
        {
            byte* start = _window.Position;
            decoder.Decode(out Instruction instruction);
            if (instruction.IsInvalid && decoder.LastError == DecoderError.NoMoreBytes && available - (start - code) < LongestInstruction)
            {
                if (instructions == 0) return false;
                break;
            }
            if (maximum == 1) Single = instruction;
            Translator.Translate(instruction, ops + count, bits, out endsBlock);
            instructions++;
            if (count > 0 && HotCases.TryFuse(ops + count - 1, ops + count)) continue;
            count++;
        }
        // Also behind a handler that may end the block but need not: STI with interrupts on, INTO without an overflow.
        if (!endsBlock || ops[count - 1].Kind == OpCase.Call)
        {
            ops[count] = default;
            ops[count].Kind = OpCase.EndOfBlock;
            ops[count].Offset = (ushort)(ops[count - 1].Offset + ops[count - 1].Length);
            count++;
        }
        block->OpCount = (short)count;
        block->Instructions = instructions;
        return true;
    }
}

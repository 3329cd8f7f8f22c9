using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Makes a case from a code and a seed: operands, prefixes, and a state in which they are worth running.</summary>
internal sealed unsafe class CaseGenerator
{
    private const ulong MiddleOfPage = NativeCase.Data + 0x800;

    private readonly Encoder encoder;
    private readonly ByteWriter writer = new();
    private CaseRandom random;
    private NativeCase* target;
    private ulong operand;

    internal CaseGenerator() => encoder = Encoder.Create(64, writer);

    /// <summary>Addresses can be relative to FS, whose base the runner can make 0.</summary>
    internal bool UsesFs { get; init; }

    /// <summary>Fills a case; false if these random operands have no encoding (AH beside R8, for example).</summary>
    internal bool TryGenerate(Code code, ulong seed, NativeCase* into, out Instruction instruction)
    {
        random = new CaseRandom(seed);
        target = into;
        FillState();
        instruction = new Instruction { Code = code };
        OpCodeInfo opcode = code.ToOpCode();
        bool branches = opcode.Mnemonic is Mnemonic.Jmp or Mnemonic.Call;
        for (int i = 0; i < opcode.OpCount; i++) SetOperand(ref instruction, i, opcode.GetOpKind(i), branches);
        SetPrefixes(ref instruction, opcode);
        SuitState(instruction, branches);
        if (!TryEncode(instruction)) return false;
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(writer.Bytes, 0, writer.Count), NativeCase.Code);
        decoder.Decode(out instruction);
        return instruction.Code == code && instruction.Length == writer.Count;
    }

    private bool TryEncode(in Instruction instruction)
    {
        writer.Count = 0;
        if (!encoder.TryEncode(instruction, NativeCase.Code, out _, out _) || writer.Count > 15) return false;
        target->CodeLength = writer.Count;
        for (int i = 0; i < writer.Count; i++) target->Bytes[i] = writer.Bytes[i];
        return true;
    }

    // ---- state

    private void FillState()
    {
        for (int i = 0; i < 16; i++) target->Registers[i] = Interesting.Integer(ref random);
        target->Registers[4] = MiddleOfPage + (ulong)(random.Below(64) * 8);
        target->Flags = (random.Next() & NativeCase.Flagged) | 0x202;
        var page = (ulong*)target->Page;
        ulong noise = random.Next();
        for (int i = 0; i < NativeCase.PageSize / 8; i++)
        {
            noise = noise * 0x5851_F42D_4C95_7F2D + 0x1405_7B7E_F767_814F;
            page[i] = noise;
        }
        FillFx(target->Fx);
    }

    private void FillFx(byte* fx)
    {
        new Span<byte>(fx, 512).Clear();
        ushort control = (ushort)(random.Below(4) switch
        {
            0 or 1 => 0x37Ful,
            2 => 0x7F | (random.Next() & 0xF00),
            _ => 0x40 | (random.Next() & 0x1F3F),
        });
        ushort status = (ushort)(random.OneIn(2) ? 0ul : random.Next() & 0x7F7F);
        // Waiting exceptions end most x87 instructions at once: few cases have them.
        if (!random.OneIn(8)) status &= (ushort)(control | ~0x3F);
        if ((status & ~control & 0x3F) != 0) status |= 0x8080;
        *(ushort*)fx = control;
        *(ushort*)(fx + 2) = status;
        fx[4] = (byte)(random.Below(4) switch { 0 => random.Next(), 1 => 0ul, _ => 0xFFul });
        *(uint*)(fx + 24) = (uint)(random.Below(4) switch
        {
            0 or 1 => 0x1F80 | (random.Next() & 0x3F),
            2 => 0x1F80 | (random.Next() & 0xFFFF),
            _ => random.Next() & 0xFFFF,
        });
        *(uint*)(fx + 28) = 0xFFFF;
        for (int i = 0; i < 8; i++) Interesting.WriteExtended(ref random, fx + 32 + 16 * i);
        for (int i = 0; i < 16; i++) Interesting.WriteVector(ref random, fx + 160 + 16 * i);
    }

    // ---- operands

    private void SetOperand(ref Instruction instruction, int index, OpCodeOperandKind kind, bool branches)
    {
        switch (kind)
        {
            case OpCodeOperandKind.mem:
                SetMemory(ref instruction, index);
                break;
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r64_or_mem
                or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem when random.OneIn(2):
                SetMemory(ref instruction, index);
                break;
            case OpCodeOperandKind.r8_or_mem or OpCodeOperandKind.r8_reg or OpCodeOperandKind.r8_opcode:
                SetRegister(ref instruction, index, Register.AL, 20);
                break;
            case OpCodeOperandKind.r16_or_mem or OpCodeOperandKind.r16_reg or OpCodeOperandKind.r16_rm or OpCodeOperandKind.r16_opcode:
                SetRegister(ref instruction, index, Register.AX, 16);
                break;
            case OpCodeOperandKind.r32_or_mem or OpCodeOperandKind.r32_reg or OpCodeOperandKind.r32_rm or OpCodeOperandKind.r32_opcode:
                SetRegister(ref instruction, index, Register.EAX, 16);
                break;
            case OpCodeOperandKind.r64_or_mem or OpCodeOperandKind.r64_reg or OpCodeOperandKind.r64_rm or OpCodeOperandKind.r64_opcode:
                SetRegister(ref instruction, index, Register.RAX, 16);
                if (branches) target->Registers[instruction.GetOpRegister(index) - Register.RAX] = Landing();
                break;
            case OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.mm_reg or OpCodeOperandKind.mm_rm:
                SetRegister(ref instruction, index, Register.MM0, 8);
                break;
            case OpCodeOperandKind.xmm_or_mem or OpCodeOperandKind.xmm_reg or OpCodeOperandKind.xmm_rm:
                SetRegister(ref instruction, index, Register.XMM0, 16);
                break;
            case OpCodeOperandKind.sti_opcode:
                SetRegister(ref instruction, index, Register.ST0, 8);
                break;
            case OpCodeOperandKind.st0:
                SetRegister(ref instruction, index, Register.ST0, 1);
                break;
            case OpCodeOperandKind.al:
                SetRegister(ref instruction, index, Register.AL, 1);
                break;
            case OpCodeOperandKind.cl:
                SetRegister(ref instruction, index, Register.CL, 1);
                break;
            case OpCodeOperandKind.ax:
                SetRegister(ref instruction, index, Register.AX, 1);
                break;
            case OpCodeOperandKind.dx:
                SetRegister(ref instruction, index, Register.DX, 1);
                break;
            case OpCodeOperandKind.eax:
                SetRegister(ref instruction, index, Register.EAX, 1);
                break;
            case OpCodeOperandKind.rax:
                SetRegister(ref instruction, index, Register.RAX, 1);
                break;
            case OpCodeOperandKind.imm8_const_1:
                instruction.SetOpKind(index, OpKind.Immediate8);
                instruction.Immediate8 = 1;
                break;
            case OpCodeOperandKind.imm8:
                byte value = (byte)(random.OneIn(2) ? (ulong)random.Below(72) : random.Next());
                if (index > 0 && instruction.GetOpKind(index - 1) == OpKind.Immediate16)
                {
                    // ENTER's nesting level.
                    instruction.SetOpKind(index, OpKind.Immediate8_2nd);
                    instruction.Immediate8_2nd = value;
                    break;
                }
                instruction.SetOpKind(index, OpKind.Immediate8);
                instruction.Immediate8 = value;
                break;
            case OpCodeOperandKind.imm8sex16:
                instruction.SetOpKind(index, OpKind.Immediate8to16);
                instruction.Immediate8to16 = (sbyte)Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.imm8sex32:
                instruction.SetOpKind(index, OpKind.Immediate8to32);
                instruction.Immediate8to32 = (sbyte)Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.imm8sex64:
                instruction.SetOpKind(index, OpKind.Immediate8to64);
                instruction.Immediate8to64 = (sbyte)Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.imm16:
                instruction.SetOpKind(index, OpKind.Immediate16);
                // For RET and ENTER a number of bytes of the stack.
                instruction.Immediate16 = (ushort)(random.OneIn(2) ? (ulong)random.Below(256) : Interesting.Integer(ref random));
                break;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(index, OpKind.Immediate32);
                instruction.Immediate32 = (uint)Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(index, OpKind.Immediate32to64);
                instruction.Immediate32to64 = (int)Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.imm64:
                instruction.SetOpKind(index, OpKind.Immediate64);
                instruction.Immediate64 = Interesting.Integer(ref random);
                break;
            case OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4:
                instruction.SetOpKind(index, OpKind.NearBranch64);
                instruction.NearBranch64 = kind == OpCodeOperandKind.br64_1
                    ? NativeCase.Code + (ulong)(40 + random.Below(80)) - (random.OneIn(2) ? 160u : 0) : Landing();
                break;
            case OpCodeOperandKind.mem_offs:
                operand = MiddleOfPage + (ulong)random.Below(256);
                instruction.SetOpKind(index, OpKind.Memory);
                instruction.MemoryDisplacement64 = operand;
                instruction.MemoryDisplSize = random.OneIn(4) ? 4 : 8;
                break;
            case OpCodeOperandKind.seg_rSI:
                instruction.SetOpKind(index, random.OneIn(8) ? OpKind.MemorySegESI : OpKind.MemorySegRSI);
                PointAt(6, instruction.GetOpKind(index) == OpKind.MemorySegESI);
                break;
            case OpCodeOperandKind.es_rDI:
                bool narrow = index > 0 && instruction.GetOpKind(0) is OpKind.MemorySegESI
                    || (index == 0 || instruction.GetOpKind(0) == OpKind.Register) && random.OneIn(8);
                instruction.SetOpKind(index, narrow ? OpKind.MemoryESEDI : OpKind.MemoryESRDI);
                PointAt(7, narrow);
                break;
            case OpCodeOperandKind.seg_rDI:
                instruction.SetOpKind(index, random.OneIn(8) ? OpKind.MemorySegEDI : OpKind.MemorySegRDI);
                PointAt(7, instruction.GetOpKind(index) == OpKind.MemorySegEDI);
                break;
            case OpCodeOperandKind.seg_rBX_al:
                instruction.SetOpKind(index, OpKind.Memory);
                instruction.MemoryBase = Register.RBX;
                instruction.MemoryIndex = Register.AL;
                PointAt(3, false);
                break;
            default:
                throw new NotSupportedException($"{instruction.Code} has an operand of kind {kind}.");
        }
    }

    private void SetRegister(ref Instruction instruction, int index, Register first, int count)
    {
        instruction.SetOpKind(index, OpKind.Register);
        instruction.SetOpRegister(index, first + random.Below(count));
    }

    /// <summary>Makes a register point into the page; with 32-bit addresses its upper half must not matter.</summary>
    private void PointAt(int register, bool narrow)
    {
        ulong address = random.OneIn(16)
            ? NativeCase.Data + (ulong)random.Below(NativeCase.PageSize) : MiddleOfPage + (ulong)random.Below(1024);
        target->Registers[register] = narrow ? address | (random.Next() & 0xFFFF_FFFF_0000_0000) : address;
    }

    /// <summary>Somewhere in the code page where the runner's breakpoints are.</summary>
    private ulong Landing() => NativeCase.Code + (ulong)(32 + random.Below(1000)) - (random.OneIn(2) ? 0x600u : 0);

    private void SetMemory(ref Instruction instruction, int index)
    {
        instruction.SetOpKind(index, OpKind.Memory);
        int size = Math.Max(instruction.MemorySize.GetSize(), 1);
        operand = random.Below(24) switch
        {
            0 => NativeCase.Data + NativeCase.PageSize - (ulong)size,
            1 => NativeCase.Data + NativeCase.PageSize - (ulong)random.Below(size),
            2 => NativeCase.Data,
            3 or 4 => MiddleOfPage + (ulong)random.Below(256),
            5 when random.OneIn(4) => NativeCase.Data - (ulong)random.Below(2 * size),
            _ => MiddleOfPage + (ulong)(random.Below(16) * 64),
        };
        bool narrow = random.OneIn(8);
        Register firstBase = narrow ? Register.EAX : Register.RAX;
        int displacementSize = narrow ? 4 : 8;
        switch (random.Below(8))
        {
            case 0:
                SetBase(ref instruction, firstBase, 0, 0, narrow);
                break;
            case 1 or 2:
                SetBase(ref instruction, firstBase, (sbyte)random.Next(), 1, narrow);
                break;
            case 3:
                SetBase(ref instruction, firstBase, (int)random.Next(), displacementSize, narrow);
                break;
            case 4 or 5:
                SetBase(ref instruction, firstBase, random.OneIn(2) ? (sbyte)random.Next() : (int)random.Next(), displacementSize,
                    narrow, indexed: true);
                break;
            case 6:
                instruction.MemoryBase = narrow ? Register.EIP : Register.RIP;
                instruction.MemoryDisplacement64 = operand;
                instruction.MemoryDisplSize = displacementSize;
                break;
            default:
                instruction.MemoryDisplacement64 = operand;
                instruction.MemoryDisplSize = displacementSize;
                break;
        }
        if (random.OneIn(16)) instruction.SegmentPrefix = random.Pick<Register>([Register.DS, Register.ES, Register.CS, Register.SS,
            Register.GS,
            UsesFs ? Register.FS : Register.GS]);
        if ((operand & ~0xFFFul) == NativeCase.Data && random.OneIn(2))
        {
            int offset = (int)(operand & 0xFF0);
            Interesting.WriteVector(ref random, target->Page + Math.Min(offset, NativeCase.PageSize - 16));
        }
    }

    private void SetBase(ref Instruction instruction, Register first, int displacement, int displacementSize, bool narrow,
        bool indexed = false)
    {
        int number = random.Below(16);
        ulong value = operand - (ulong)(long)displacement;
        instruction.MemoryBase = first + number;
        instruction.MemoryDisplacement64 = narrow ? (uint)displacement : (ulong)(long)displacement;
        instruction.MemoryDisplSize = displacementSize;
        if (indexed)
        {
            int index = random.Below(16);
            if (index == 4 || index == number) index = number == 0 ? 1 : 0;
            int scale = 1 << random.Below(4);
            instruction.MemoryIndex = first + index;
            instruction.MemoryIndexScale = scale;
            value -= target->Registers[index] * (ulong)scale;
        }
        target->Registers[number] = narrow ? (uint)value | (random.Next() & 0xFFFF_FFFF_0000_0000) : value;
    }

    // ---- prefixes and what instructions want of the state

    private void SetPrefixes(ref Instruction instruction, OpCodeInfo opcode)
    {
        bool memory = opcode.OpCount > 0 && instruction.GetOpKind(0) == OpKind.Memory;
        if (opcode.CanUseLockPrefix && memory && random.OneIn(2)) instruction.HasLockPrefix = true;
        if (!instruction.IsStringInstruction) return;
        bool repeats = random.OneIn(2);
        if (opcode.CanUseRepnePrefix && random.OneIn(2)) instruction.HasRepnePrefix = repeats;
        else if (opcode.CanUseRepPrefix) instruction.HasRepPrefix = repeats;
        if (repeats) target->Registers[1] = random.OneIn(64) ? 5000u : (ulong)random.Below(24);
    }

    private void SuitState(in Instruction instruction, bool branches)
    {
        if (branches && instruction.Op0Kind == OpKind.Memory) Write(operand, Landing());
        ulong rsp = target->Registers[4];
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Ret:
                Write(rsp, Landing());
                break;
            case Mnemonic.Popf or Mnemonic.Popfq:
                // Not TF and AC, which would stop the runner.
                Write(rsp, random.Next() & ~0x4_0100ul);
                break;
            case Mnemonic.Enter or Mnemonic.Leave:
                target->Registers[5] = MiddleOfPage + (ulong)(random.Below(128) * 8);
                break;
            case Mnemonic.Pcmpestri or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm64 when random.OneIn(2):
                target->Registers[0] = (ulong)(random.Below(40) - 20);
                target->Registers[2] = (ulong)(random.Below(40) - 20);
                break;
            case Mnemonic.Div or Mnemonic.Idiv when !random.OneIn(4):
                // Else nearly every quotient overflows.
                target->Registers[2] = random.OneIn(2) ? 0 : target->Registers[0] >> 63 == 0 ? 0 : ulong.MaxValue;
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc when instruction.Op0Kind == OpKind.Memory
                && instruction.Op1Kind == OpKind.Register && !random.OneIn(4):
                // The bit may lie far outside the operand: mostly still in the page.
                int number = (int)instruction.Op1Register.GetFullRegister() - (int)Register.RAX;
                if (instruction.MemoryBase.GetFullRegister() != Register.RAX + number
                    && instruction.MemoryIndex.GetFullRegister() != Register.RAX + number)
                    target->Registers[number] = (ulong)(random.Below(8192) - 4096);
                break;
            case Mnemonic.Ldmxcsr when !random.OneIn(4):
                Write(operand, random.Next() & 0xFFFF);
                break;
        }
    }

    /// <summary>Writes to the page, if the address is in it.</summary>
    private void Write(ulong address, ulong value)
    {
        if (address >= NativeCase.Data && address <= NativeCase.Data + NativeCase.PageSize - 8)
            *(ulong*)(target->Page + (address - NativeCase.Data)) = value;
    }

    private sealed class ByteWriter : CodeWriter
    {
        internal byte[] Bytes { get; } = new byte[32];

        internal int Count { get; set; }

        public override void WriteByte(byte value) => Bytes[Count++ & 31] = value;
    }
}

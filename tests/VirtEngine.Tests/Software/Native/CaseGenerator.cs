using Iced.Intel;

namespace VirtEngine.Tests.Software.Native;

/// <summary>Makes a case from a code and a seed: operands, prefixes, and a state in which they are worth running.</summary>
internal sealed unsafe class CaseGenerator
{
    private const ulong MiddleOfPage = NativeCase.Data + 0x800;

    private readonly Encoder _encoder;
    private readonly ByteWriter _writer = new();
    private CaseRandom _random;
    private NativeCase* _target;
    private ulong _operand;

    internal CaseGenerator() => _encoder = Encoder.Create(64, _writer);

    /// <summary>Addresses can be relative to FS, whose base the runner can make 0.</summary>
    internal bool UsesFs { get; init; }

    /// <summary>Fills a case; false if these random operands have no encoding (AH beside R8, for example).</summary>
    internal bool TryGenerate(Code code, ulong seed, NativeCase* into, out Instruction instruction)
    {
        _random = new CaseRandom(seed);
        _target = into;
        FillState();
        instruction = new Instruction { Code = code };
        OpCodeInfo opcode = code.ToOpCode();
        bool branches = opcode.Mnemonic is Mnemonic.Jmp or Mnemonic.Call;
        for (int i = 0; i < opcode.OpCount; i++) SetOperand(ref instruction, i, opcode.GetOpKind(i), branches);
        SetPrefixes(ref instruction, opcode);
        SuitState(instruction, branches);
        if (!TryEncode(instruction)) return false;
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(_writer.Bytes, 0, _writer.Count), NativeCase.Code);
        decoder.Decode(out instruction);
        return instruction.Code == code && instruction.Length == _writer.Count;
    }

    private bool TryEncode(in Instruction instruction)
    {
        _writer.Count = 0;
        if (!_encoder.TryEncode(instruction, NativeCase.Code, out _, out _) || _writer.Count > 15) return false;
        _target->CodeLength = _writer.Count;
        for (int i = 0; i < _writer.Count; i++) _target->Bytes[i] = _writer.Bytes[i];
        return true;
    }

    // ---- state

    private void FillState()
    {
        for (int i = 0; i < 16; i++) _target->Registers[i] = Interesting.Integer(ref _random);
        _target->Registers[4] = MiddleOfPage + (ulong)(_random.Below(64) * 8);
        _target->Flags = (_random.Next() & NativeCase.Flagged) | 0x202;
        var page = (ulong*)_target->Page;
        ulong noise = _random.Next();
        for (int i = 0; i < NativeCase.PageSize / 8; i++)
        {
            noise = noise * 0x5851_F42D_4C95_7F2D + 0x1405_7B7E_F767_814F;
            page[i] = noise;
        }
        FillFx(_target->Fx);
    }

    private void FillFx(byte* fx)
    {
        new Span<byte>(fx, 512).Clear();
        ushort control = (ushort)(_random.Below(4) switch
        {
            0 or 1 => 0x37Ful,
            2 => 0x7F | (_random.Next() & 0xF00),
            _ => 0x40 | (_random.Next() & 0x1F3F),
        });
        ushort status = (ushort)(_random.OneIn(2) ? 0ul : _random.Next() & 0x7F7F);
        // Waiting exceptions end most x87 instructions at once: few cases have them.
        if (!_random.OneIn(8)) status &= (ushort)(control | ~0x3F);
        if ((status & ~control & 0x3F) != 0) status |= 0x8080;
        *(ushort*)fx = control;
        *(ushort*)(fx + 2) = status;
        fx[4] = (byte)(_random.Below(4) switch { 0 => _random.Next(), 1 => 0ul, _ => 0xFFul });
        *(uint*)(fx + 24) = (uint)(_random.Below(4) switch
        {
            0 or 1 => 0x1F80 | (_random.Next() & 0x3F),
            2 => 0x1F80 | (_random.Next() & 0xFFFF),
            _ => _random.Next() & 0xFFFF,
        });
        *(uint*)(fx + 28) = 0xFFFF;
        for (int i = 0; i < 8; i++) Interesting.WriteExtended(ref _random, fx + 32 + 16 * i);
        for (int i = 0; i < 16; i++) Interesting.WriteVector(ref _random, fx + 160 + 16 * i);
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
                or OpCodeOperandKind.mm_or_mem or OpCodeOperandKind.xmm_or_mem when _random.OneIn(2):
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
                if (branches) _target->Registers[instruction.GetOpRegister(index) - Register.RAX] = Landing();
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
                byte value = (byte)(_random.OneIn(2) ? (ulong)_random.Below(72) : _random.Next());
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
                instruction.Immediate8to16 = (sbyte)Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.imm8sex32:
                instruction.SetOpKind(index, OpKind.Immediate8to32);
                instruction.Immediate8to32 = (sbyte)Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.imm8sex64:
                instruction.SetOpKind(index, OpKind.Immediate8to64);
                instruction.Immediate8to64 = (sbyte)Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.imm16:
                instruction.SetOpKind(index, OpKind.Immediate16);
                // For RET and ENTER a number of bytes of the stack.
                instruction.Immediate16 = (ushort)(_random.OneIn(2) ? (ulong)_random.Below(256) : Interesting.Integer(ref _random));
                break;
            case OpCodeOperandKind.imm32:
                instruction.SetOpKind(index, OpKind.Immediate32);
                instruction.Immediate32 = (uint)Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.imm32sex64:
                instruction.SetOpKind(index, OpKind.Immediate32to64);
                instruction.Immediate32to64 = (int)Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.imm64:
                instruction.SetOpKind(index, OpKind.Immediate64);
                instruction.Immediate64 = Interesting.Integer(ref _random);
                break;
            case OpCodeOperandKind.br64_1 or OpCodeOperandKind.br64_4:
                instruction.SetOpKind(index, OpKind.NearBranch64);
                instruction.NearBranch64 = kind == OpCodeOperandKind.br64_1
                    ? NativeCase.Code + (ulong)(40 + _random.Below(80)) - (_random.OneIn(2) ? 160u : 0) : Landing();
                break;
            case OpCodeOperandKind.mem_offs:
                _operand = MiddleOfPage + (ulong)_random.Below(256);
                instruction.SetOpKind(index, OpKind.Memory);
                instruction.MemoryDisplacement64 = _operand;
                instruction.MemoryDisplSize = _random.OneIn(4) ? 4 : 8;
                break;
            case OpCodeOperandKind.seg_rSI:
                instruction.SetOpKind(index, _random.OneIn(8) ? OpKind.MemorySegESI : OpKind.MemorySegRSI);
                PointAt(6, instruction.GetOpKind(index) == OpKind.MemorySegESI);
                break;
            case OpCodeOperandKind.es_rDI:
                bool narrow = index > 0 && instruction.GetOpKind(0) is OpKind.MemorySegESI
                    || (index == 0 || instruction.GetOpKind(0) == OpKind.Register) && _random.OneIn(8);
                instruction.SetOpKind(index, narrow ? OpKind.MemoryESEDI : OpKind.MemoryESRDI);
                PointAt(7, narrow);
                break;
            case OpCodeOperandKind.seg_rDI:
                instruction.SetOpKind(index, _random.OneIn(8) ? OpKind.MemorySegEDI : OpKind.MemorySegRDI);
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
        instruction.SetOpRegister(index, first + _random.Below(count));
    }

    /// <summary>Makes a register point into the page; with 32-bit addresses its upper half must not matter.</summary>
    private void PointAt(int register, bool narrow)
    {
        ulong address = _random.OneIn(16)
            ? NativeCase.Data + (ulong)_random.Below(NativeCase.PageSize) : MiddleOfPage + (ulong)_random.Below(1024);
        _target->Registers[register] = narrow ? address | (_random.Next() & 0xFFFF_FFFF_0000_0000) : address;
    }

    /// <summary>Somewhere in the code page where the runner's breakpoints are.</summary>
    private ulong Landing() => NativeCase.Code + (ulong)(32 + _random.Below(1000)) - (_random.OneIn(2) ? 0x600u : 0);

    private void SetMemory(ref Instruction instruction, int index)
    {
        instruction.SetOpKind(index, OpKind.Memory);
        int size = Math.Max(instruction.MemorySize.GetSize(), 1);
        _operand = _random.Below(24) switch
        {
            0 => NativeCase.Data + NativeCase.PageSize - (ulong)size,
            1 => NativeCase.Data + NativeCase.PageSize - (ulong)_random.Below(size),
            2 => NativeCase.Data,
            3 or 4 => MiddleOfPage + (ulong)_random.Below(256),
            5 when _random.OneIn(4) => NativeCase.Data - (ulong)_random.Below(2 * size),
            _ => MiddleOfPage + (ulong)(_random.Below(16) * 64),
        };
        bool narrow = _random.OneIn(8);
        Register firstBase = narrow ? Register.EAX : Register.RAX;
        int displacementSize = narrow ? 4 : 8;
        switch (_random.Below(8))
        {
            case 0:
                SetBase(ref instruction, firstBase, 0, 0, narrow);
                break;
            case 1 or 2:
                SetBase(ref instruction, firstBase, (sbyte)_random.Next(), 1, narrow);
                break;
            case 3:
                SetBase(ref instruction, firstBase, (int)_random.Next(), displacementSize, narrow);
                break;
            case 4 or 5:
                SetBase(ref instruction, firstBase, _random.OneIn(2) ? (sbyte)_random.Next() : (int)_random.Next(), displacementSize,
                    narrow, indexed: true);
                break;
            case 6:
                instruction.MemoryBase = narrow ? Register.EIP : Register.RIP;
                instruction.MemoryDisplacement64 = _operand;
                instruction.MemoryDisplSize = displacementSize;
                break;
            default:
                instruction.MemoryDisplacement64 = _operand;
                instruction.MemoryDisplSize = displacementSize;
                break;
        }
        if (_random.OneIn(16)) instruction.SegmentPrefix = _random.Pick<Register>([Register.DS, Register.ES, Register.CS, Register.SS,
            Register.GS,
            UsesFs ? Register.FS : Register.GS]);
        if ((_operand & ~0xFFFul) == NativeCase.Data && _random.OneIn(2))
        {
            int offset = (int)(_operand & 0xFF0);
            Interesting.WriteVector(ref _random, _target->Page + Math.Min(offset, NativeCase.PageSize - 16));
        }
    }

    private void SetBase(ref Instruction instruction, Register first, int displacement, int displacementSize, bool narrow,
        bool indexed = false)
    {
        int number = _random.Below(16);
        ulong value = _operand - (ulong)(long)displacement;
        instruction.MemoryBase = first + number;
        instruction.MemoryDisplacement64 = narrow ? (uint)displacement : (ulong)(long)displacement;
        instruction.MemoryDisplSize = displacementSize;
        if (indexed)
        {
            int index = _random.Below(16);
            if (index == 4 || index == number) index = number == 0 ? 1 : 0;
            int scale = 1 << _random.Below(4);
            instruction.MemoryIndex = first + index;
            instruction.MemoryIndexScale = scale;
            value -= _target->Registers[index] * (ulong)scale;
        }
        _target->Registers[number] = narrow ? (uint)value | (_random.Next() & 0xFFFF_FFFF_0000_0000) : value;
    }

    // ---- prefixes and what instructions want of the state

    private void SetPrefixes(ref Instruction instruction, OpCodeInfo opcode)
    {
        bool memory = opcode.OpCount > 0 && instruction.GetOpKind(0) == OpKind.Memory;
        if (opcode.CanUseLockPrefix && memory && _random.OneIn(2)) instruction.HasLockPrefix = true;
        if (!instruction.IsStringInstruction) return;
        bool repeats = _random.OneIn(2);
        if (opcode.CanUseRepnePrefix && _random.OneIn(2)) instruction.HasRepnePrefix = repeats;
        else if (opcode.CanUseRepPrefix) instruction.HasRepPrefix = repeats;
        if (repeats) _target->Registers[1] = _random.OneIn(64) ? 5000u : (ulong)_random.Below(24);
    }

    private void SuitState(in Instruction instruction, bool branches)
    {
        if (branches && instruction.Op0Kind == OpKind.Memory) Write(_operand, Landing());
        ulong rsp = _target->Registers[4];
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Ret:
                Write(rsp, Landing());
                break;
            case Mnemonic.Popf or Mnemonic.Popfq:
                // Not TF and AC, which would stop the runner.
                Write(rsp, _random.Next() & ~0x4_0100ul);
                break;
            case Mnemonic.Enter or Mnemonic.Leave:
                _target->Registers[5] = MiddleOfPage + (ulong)(_random.Below(128) * 8);
                break;
            case Mnemonic.Pcmpestri or Mnemonic.Pcmpestrm or Mnemonic.Pcmpestri64 or Mnemonic.Pcmpestrm64 when _random.OneIn(2):
                _target->Registers[0] = (ulong)(_random.Below(40) - 20);
                _target->Registers[2] = (ulong)(_random.Below(40) - 20);
                break;
            case Mnemonic.Div or Mnemonic.Idiv when !_random.OneIn(4):
                // Else nearly every quotient overflows.
                _target->Registers[2] = _random.OneIn(2) ? 0 : _target->Registers[0] >> 63 == 0 ? 0 : ulong.MaxValue;
                break;
            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc when instruction.Op0Kind == OpKind.Memory
                && instruction.Op1Kind == OpKind.Register && !_random.OneIn(4):
                // The bit may lie far outside the operand: mostly still in the page.
                int number = (int)instruction.Op1Register.GetFullRegister() - (int)Register.RAX;
                if (instruction.MemoryBase.GetFullRegister() != Register.RAX + number
                    && instruction.MemoryIndex.GetFullRegister() != Register.RAX + number)
                    _target->Registers[number] = (ulong)(_random.Below(8192) - 4096);
                break;
            case Mnemonic.Ldmxcsr when !_random.OneIn(4):
                Write(_operand, _random.Next() & 0xFFFF);
                break;
        }
    }

    /// <summary>Writes to the page, if the address is in it.</summary>
    private void Write(ulong address, ulong value)
    {
        if (address >= NativeCase.Data && address <= NativeCase.Data + NativeCase.PageSize - 8)
            *(ulong*)(_target->Page + (address - NativeCase.Data)) = value;
    }

    private sealed class ByteWriter : CodeWriter
    {
        internal byte[] Bytes { get; } = new byte[32];

        internal int Count { get; set; }

        public override void WriteByte(byte value) => Bytes[Count++ & 31] = value;
    }
}

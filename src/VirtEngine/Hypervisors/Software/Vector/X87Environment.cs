namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>
/// The x87 environment in memory as FNSTENV, FLDENV, FNSAVE and FRSTOR have it: seven words or doublewords, whose pointers look different
/// in real and in protected mode (Intel SDM vol. 1, figures 8-9 to 8-12). Selectors are stored as 0, as CPUID says of processors that
/// deprecate FCS and FDS.
/// </summary>
internal static unsafe class X87Environment
{
    private const uint Reserved = 0xFFFF_0000;
    private const ushort AllExceptions = 0x3F, InitialControl = 0x37F;
    private const int Empty = 3, Special = 2, Zero = 1;

    /// <summary>Bits of the control word that exist, and the one that always reads 1.</summary>
    private const ushort ControlBitsThatExist = 0x1F3F, ControlBitThatIsSet = 0x40;

    /// <summary>Bytes of the environment.</summary>
    internal static int Size(bool wide) => wide ? 28 : 14;

    /// <summary>Writes the environment.</summary>
    internal static void Store(byte* fx, byte* to, bool wide, bool isProtected)
    {
        ulong instruction = *(ulong*)(fx + FxImage.InstructionPointer), data = *(ulong*)(fx + FxImage.DataPointer);
        uint opcode = *(ushort*)(fx + FxImage.Opcode) & 0x7FFu;
        ushort control = FxImage.Control(fx), status = FxImage.Status(fx), tags = FullTags(fx);
        if (wide)
        {
            var words = (uint*)to;
            words[0] = Reserved | control;
            words[1] = Reserved | status;
            words[2] = Reserved | tags;
            if (isProtected)
            {
                words[3] = (uint)instruction;
                words[4] = opcode << 16;
                words[5] = (uint)data;
                words[6] = Reserved;
            }
            else
            {
                words[3] = Reserved | (ushort)instruction;
                words[4] = ((uint)instruction >> 16 << 12) | opcode;
                words[5] = Reserved | (ushort)data;
                words[6] = (uint)data >> 16 << 12;
            }
        }
        else
        {
            var words = (ushort*)to;
            words[0] = control;
            words[1] = status;
            words[2] = tags;
            words[3] = (ushort)instruction;
            words[4] = isProtected ? (ushort)0 : (ushort)((uint)instruction >> 16 << 12 | opcode);
            words[5] = (ushort)data;
            words[6] = isProtected ? (ushort)0 : (ushort)((uint)data >> 16 << 12);
        }
    }

    /// <summary>Reads the environment.</summary>
    internal static void Load(byte* fx, byte* from, bool wide, bool isProtected)
    {
        uint Word(int index) => wide ? ((uint*)from)[index] : ((ushort*)from)[index];
        uint instruction = Word(3), data = Word(5), opcode = 0;
        if (!isProtected)
        {
            opcode = Word(4) & 0x7FF;
            instruction = (ushort)instruction | Word(4) >> 12 << 16;
            data = (ushort)data | Word(6) >> 12 << 16;
        }
        else if (wide) opcode = Word(4) >> 16 & 0x7FF;
        SetTop(fx, (int)(Word(1) >> 11 & 7));
        FxImage.Status(fx) = (ushort)Word(1);
        FxImage.Valid(fx) = AbridgedTags((ushort)Word(2));
        *(ushort*)(fx + FxImage.Opcode) = (ushort)opcode;
        *(ulong*)(fx + FxImage.InstructionPointer) = instruction;
        *(ulong*)(fx + FxImage.DataPointer) = data;
        SetControl(fx, (ushort)Word(0));
    }

    /// <summary>Writes ST(0) to ST(7), ten bytes each.</summary>
    internal static void StoreRegisters(byte* fx, byte* to)
    {
        for (int i = 0; i < 8; i++) Buffer.MemoryCopy(FxImage.StackOf(fx, i), to + 10 * i, 10, 10);
    }

    /// <summary>Reads ST(0) to ST(7).</summary>
    internal static void LoadRegisters(byte* fx, byte* from)
    {
        for (int i = 0; i < 8; i++) Buffer.MemoryCopy(from + 10 * i, FxImage.StackOf(fx, i), 10, 10);
    }

    /// <summary>FLDCW: sets the control word and what follows from its masks.</summary>
    internal static void SetControl(byte* fx, ushort control)
    {
        FxImage.Control(fx) = (ushort)((control & ControlBitsThatExist) | ControlBitThatIsSet);
        VectorUnit.UpdateSummary(fx);
    }

    /// <summary>What FNSTENV does once the environment is stored.</summary>
    internal static void MaskAll(byte* fx) => SetControl(fx, (ushort)(FxImage.Control(fx) | AllExceptions));

    /// <summary>FNCLEX.</summary>
    internal static void ClearExceptions(byte* fx) => FxImage.Status(fx) &= 0x7F00;

    /// <summary>FNINIT: registers keep their content but are empty.</summary>
    internal static void Initialize(byte* fx)
    {
        SetTop(fx, 0);
        FxImage.Control(fx) = InitialControl;
        FxImage.Status(fx) = 0;
        FxImage.Valid(fx) = 0;
        *(ushort*)(fx + FxImage.Opcode) = 0;
        *(ulong*)(fx + FxImage.InstructionPointer) = 0;
        *(ulong*)(fx + FxImage.DataPointer) = 0;
    }

    private static void SetTop(byte* fx, int top) => VectorUnit.RotateTo(fx, top);

    /// <summary>Two bits for each physical register: valid, zero, special, empty.</summary>
    private static ushort FullTags(byte* fx)
    {
        int top = FxImage.Top(fx), tags = 0;
        for (int physical = 0; physical < 8; physical++)
        {
            byte* register = FxImage.StackOf(fx, (physical - top) & 7);
            ulong significand = *(ulong*)register;
            int exponent = *(ushort*)(register + 8) & 0x7FFF;
            int tag = (FxImage.Valid(fx) >> physical & 1) == 0 ? Empty
                : exponent == 0 && significand == 0 ? Zero
                : exponent is 0 or 0x7FFF || (long)significand >= 0 ? Special : 0;
            tags |= tag << (2 * physical);
        }
        return (ushort)tags;
    }

    private static byte AbridgedTags(ushort tags)
    {
        int valid = 0;
        for (int i = 0; i < 8; i++) if ((tags >> (2 * i) & 3) != Empty) valid |= 1 << i;
        return (byte)valid;
    }
}

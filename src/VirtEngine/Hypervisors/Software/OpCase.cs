namespace VirtEngine.Hypervisors.Software;

/// <summary>
/// The interpreter's cases. The names say the operation, the operand forms (R register, I immediate, M memory, destination first) and the
/// operand size. Everything that is not worth a case of its own is <see cref="Call"/>.
/// </summary>
internal enum OpCase : ushort
{
    /// <summary>Calls the handler.</summary>
    Call,

    /// <summary>The block goes on in the next one.</summary>
    EndOfBlock,

    /// <summary>The block's code was overwritten while it ran: look up again from here.</summary>
    Outdated,

    Nop,
    MovRR32, MovRR64, MovRI32, MovRI64,
    Load8, Load32, Load64, LoadZero8,
    Store8, Store32, Store64, StoreI32, StoreI64,
    ZeroRR8, ZeroRR16, SignRR32,
    Lea32, Lea64,
    AddRR32, AddRR64, AddRI32, AddRI64, AddRM64,
    SubRR32, SubRR64, SubRI64,
    AndRR32, AndRR64, AndRI32,
    OrRR32, OrRR64,
    XorRR32, XorRR64,
    CmpRM32, CmpRM64, CmpMI8, CmpMI32,
    TestMI8,
    IncR64, DecR64,
    ShlRI32, ShlRI64, ShrRI32, ShrRI64,
    Push64, Pop64,

    // The last op of a block.
    Jump, CallNear, ReturnNear, JumpRegister64, JumpMemory64, CallRegister64, CallMemory64,

    // Conditional jumps in the order of their conditions' encoding.
    JumpO, JumpNo, JumpB, JumpAe, JumpE, JumpNe, JumpBe, JumpA, JumpS, JumpNs, JumpP, JumpNp, JumpL, JumpGe, JumpLe, JumpG,

    // A comparison and the conditional jump behind it (FusedCondition). Destination and source or immediate are the comparison's, the jump's
    // distance is the displacement.
    CmpRRJump32, CmpRRJump64, CmpRIJump32, CmpRIJump64, TestRRJump8, TestRRJump32, TestRRJump64, DecJump32, DecJump64,
}

using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <summary>Which handlers the interpreter has a case for.</summary>
internal static unsafe class HotCases
{
    private static readonly nint ConditionalJump = At(&ControlTransfer<Width64>.JumpConditional);

    private static readonly Dictionary<nint, OpCase> Kinds = new()
    {
        [At(&Miscellaneous.NoOperation)] = OpCase.Nop,
        [At(&DataTransfer<Width32>.MoveRegisterRegister)] = OpCase.MovRR32,
        [At(&DataTransfer<Width64>.MoveRegisterRegister)] = OpCase.MovRR64,
        [At(&DataTransfer<Width32>.MoveRegisterImmediate)] = OpCase.MovRI32,
        [At(&DataTransfer<Width64>.MoveRegisterImmediate)] = OpCase.MovRI64,
        [At(&DataTransfer<Width8>.Load)] = OpCase.Load8,
        [At(&DataTransfer<Width32>.Load)] = OpCase.Load32,
        [At(&DataTransfer<Width64>.Load)] = OpCase.Load64,
        [At(&Extension<Width8, Width32>.ZeroMemory)] = OpCase.LoadZero8,
        [At(&Extension<Width8, Width64>.ZeroMemory)] = OpCase.LoadZero8,
        [At(&DataTransfer<Width8>.Store)] = OpCase.Store8,
        [At(&DataTransfer<Width32>.Store)] = OpCase.Store32,
        [At(&DataTransfer<Width64>.Store)] = OpCase.Store64,
        [At(&DataTransfer<Width32>.StoreImmediate)] = OpCase.StoreI32,
        [At(&DataTransfer<Width64>.StoreImmediate)] = OpCase.StoreI64,
        [At(&Extension<Width8, Width32>.ZeroRegister)] = OpCase.ZeroRR8,
        [At(&Extension<Width8, Width64>.ZeroRegister)] = OpCase.ZeroRR8,
        [At(&Extension<Width16, Width32>.ZeroRegister)] = OpCase.ZeroRR16,
        [At(&Extension<Width16, Width64>.ZeroRegister)] = OpCase.ZeroRR16,
        [At(&Extension<Width32, Width64>.SignRegister)] = OpCase.SignRR32,
        [At(&DataTransfer<Width32>.LoadEffectiveAddress)] = OpCase.Lea32,
        [At(&DataTransfer<Width64>.LoadEffectiveAddress)] = OpCase.Lea64,
        [At(&Binary<Add, Width32>.RegisterRegister)] = OpCase.AddRR32,
        [At(&Binary<Add, Width64>.RegisterRegister)] = OpCase.AddRR64,
        [At(&Binary<Add, Width32>.RegisterImmediate)] = OpCase.AddRI32,
        [At(&Binary<Add, Width64>.RegisterImmediate)] = OpCase.AddRI64,
        [At(&Binary<Add, Width64>.RegisterMemory)] = OpCase.AddRM64,
        [At(&Binary<Subtract, Width32>.RegisterRegister)] = OpCase.SubRR32,
        [At(&Binary<Subtract, Width64>.RegisterRegister)] = OpCase.SubRR64,
        [At(&Binary<Subtract, Width64>.RegisterImmediate)] = OpCase.SubRI64,
        [At(&Binary<And, Width32>.RegisterRegister)] = OpCase.AndRR32,
        [At(&Binary<And, Width64>.RegisterRegister)] = OpCase.AndRR64,
        [At(&Binary<And, Width32>.RegisterImmediate)] = OpCase.AndRI32,
        [At(&Binary<Or, Width32>.RegisterRegister)] = OpCase.OrRR32,
        [At(&Binary<Or, Width64>.RegisterRegister)] = OpCase.OrRR64,
        [At(&Binary<Xor, Width32>.RegisterRegister)] = OpCase.XorRR32,
        [At(&Binary<Xor, Width64>.RegisterRegister)] = OpCase.XorRR64,
        [At(&Binary<Compare, Width32>.RegisterMemory)] = OpCase.CmpRM32,
        [At(&Binary<Compare, Width64>.RegisterMemory)] = OpCase.CmpRM64,
        [At(&Binary<Compare, Width8>.MemoryImmediate)] = OpCase.CmpMI8,
        [At(&Binary<Compare, Width32>.MemoryImmediate)] = OpCase.CmpMI32,
        [At(&Binary<Test, Width8>.MemoryImmediate)] = OpCase.TestMI8,
        [At(&Unary<Increment, Width64>.Register)] = OpCase.IncR64,
        [At(&Unary<Decrement, Width64>.Register)] = OpCase.DecR64,
        [At(&Shift<ShiftLeft, Width32>.RegisterImmediate)] = OpCase.ShlRI32,
        [At(&Shift<ShiftLeft, Width64>.RegisterImmediate)] = OpCase.ShlRI64,
        [At(&Shift<ShiftRight, Width32>.RegisterImmediate)] = OpCase.ShrRI32,
        [At(&Shift<ShiftRight, Width64>.RegisterImmediate)] = OpCase.ShrRI64,
        [At(&DataTransfer<Width64>.PushRegister)] = OpCase.Push64,
        [At(&DataTransfer<Width64>.PopRegister)] = OpCase.Pop64,
        [At(&ControlTransfer<Width64>.Jump)] = OpCase.Jump,
        [At(&ControlTransfer<Width64>.Call)] = OpCase.CallNear,
        [At(&ControlTransfer<Width64>.Return)] = OpCase.ReturnNear,
        [At(&ControlTransfer<Width64>.JumpRegister)] = OpCase.JumpRegister64,
        [At(&ControlTransfer<Width64>.JumpMemory)] = OpCase.JumpMemory64,
        [At(&ControlTransfer<Width64>.CallRegister)] = OpCase.CallRegister64,
        [At(&ControlTransfer<Width64>.CallMemory)] = OpCase.CallMemory64,
    };

    // Comparisons, and decrements, that have a case together with the conditional jump behind them.
    private static readonly Dictionary<nint, OpCase> Fused = new()
    {
        [At(&Binary<Compare, Width32>.RegisterRegister)] = OpCase.CmpRRJump32,
        [At(&Binary<Compare, Width64>.RegisterRegister)] = OpCase.CmpRRJump64,
        [At(&Binary<Compare, Width32>.RegisterImmediate)] = OpCase.CmpRIJump32,
        [At(&Binary<Compare, Width64>.RegisterImmediate)] = OpCase.CmpRIJump64,
        [At(&Binary<Test, Width8>.RegisterRegister)] = OpCase.TestRRJump8,
        [At(&Binary<Test, Width32>.RegisterRegister)] = OpCase.TestRRJump32,
        [At(&Binary<Test, Width64>.RegisterRegister)] = OpCase.TestRRJump64,
        [At(&Unary<Decrement, Width32>.Register)] = OpCase.DecJump32,
        [At(&Unary<Decrement, Width64>.Register)] = OpCase.DecJump64,
    };

    /// <summary>The case for an op's handler, or <see cref="OpCase.Call"/>.</summary>
    internal static OpCase Of(Op* op) =>
        (nint)op->Handler == ConditionalJump ? OpCase.JumpO + op->Destination : Kinds.GetValueOrDefault((nint)op->Handler, OpCase.Call);

    /// <summary>Joins a comparison and the conditional jump right behind it into one op, where there is a case for the pair.</summary>
    /// <param name="first">The comparison; becomes the pair.</param>
    /// <param name="jump">The jump.</param>
    internal static bool TryFuse(Op* first, Op* jump)
    {
        if (jump->Kind is < OpCase.JumpO or > OpCase.JumpG || (long)jump->Immediate != (int)jump->Immediate) return false;
        if (!Fused.TryGetValue((nint)first->Handler, out OpCase fused)) return false;
        bool decrement = fused is OpCase.DecJump32 or OpCase.DecJump64;
        if (decrement && jump->Kind is not (OpCase.JumpE or OpCase.JumpNe or OpCase.JumpS or OpCase.JumpNs)) return false;
        Op kept = *first;
        if (!FusedCondition.TrySet(first, jump->Destination)) { *first = kept; return false; }
        first->Kind = fused;
        first->Displacement = (int)jump->Immediate;
        // Neither can fault: only what follows matters.
        first->Offset = jump->Offset;
        first->LengthAndPrefixes = jump->LengthAndPrefixes;
        return true;
    }

    private static nint At(Handler handler) => (nint)handler;
}

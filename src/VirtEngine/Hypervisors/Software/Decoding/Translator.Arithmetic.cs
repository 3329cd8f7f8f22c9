using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>Arithmetic, logic, shifts and bits (Intel SDM vol. 1, 5.1.2–5.1.6).</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateArithmetic(in Instruction i, Op* op)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Add: return BinaryOf<Add>(i, op);
            case Mnemonic.Adc: return BinaryOf<AddWithCarry>(i, op);
            case Mnemonic.Sub: return BinaryOf<Subtract>(i, op);
            case Mnemonic.Sbb: return BinaryOf<SubtractWithBorrow>(i, op);
            case Mnemonic.Cmp: return BinaryOf<Compare>(i, op);
            case Mnemonic.And: return BinaryOf<And>(i, op);
            case Mnemonic.Or: return BinaryOf<Or>(i, op);
            case Mnemonic.Xor: return BinaryOf<Xor>(i, op);
            case Mnemonic.Test: return BinaryOf<Test>(i, op);
            case Mnemonic.Inc: return UnaryOf<Increment>(i, op);
            case Mnemonic.Dec: return UnaryOf<Decrement>(i, op);
            case Mnemonic.Neg: return UnaryOf<Negate>(i, op);
            case Mnemonic.Not: return UnaryOf<Not>(i, op);
            case Mnemonic.Shl or Mnemonic.Sal: return ShiftOf<ShiftLeft>(i, op);
            case Mnemonic.Shr: return ShiftOf<ShiftRight>(i, op);
            case Mnemonic.Sar: return ShiftOf<ShiftArithmeticRight>(i, op);
            case Mnemonic.Rol: return ShiftOf<RotateLeft>(i, op);
            case Mnemonic.Ror: return ShiftOf<RotateRight>(i, op);
            case Mnemonic.Rcl: return ShiftOf<RotateCarryLeft>(i, op);
            case Mnemonic.Rcr: return ShiftOf<RotateCarryRight>(i, op);
            case Mnemonic.Shld or Mnemonic.Shrd: return TranslateDoubleShift(i, op);
            case Mnemonic.Bt: return BitOf<BitTest>(i, op);
            case Mnemonic.Bts: return BitOf<BitSet>(i, op);
            case Mnemonic.Btr: return BitOf<BitReset>(i, op);
            case Mnemonic.Btc: return BitOf<BitComplement>(i, op);
            // Without BMI1 and LZCNT the F3 prefix of TZCNT and LZCNT means nothing.
            case Mnemonic.Bsf or Mnemonic.Tzcnt:
                return ScanOf(i, op, &BitScan<Width16>.ForwardRegister, &BitScan<Width32>.ForwardRegister, &BitScan<Width64>.ForwardRegister,
                    &BitScan<Width16>.ForwardMemory, &BitScan<Width32>.ForwardMemory, &BitScan<Width64>.ForwardMemory);
            case Mnemonic.Bsr or Mnemonic.Lzcnt:
                return ScanOf(i, op, &BitScan<Width16>.ReverseRegister, &BitScan<Width32>.ReverseRegister, &BitScan<Width64>.ReverseRegister,
                    &BitScan<Width16>.ReverseMemory, &BitScan<Width32>.ReverseMemory, &BitScan<Width64>.ReverseMemory);
            case Mnemonic.Popcnt:
                return ScanOf(i, op, &BitScan<Width16>.CountRegister, &BitScan<Width32>.CountRegister, &BitScan<Width64>.CountRegister,
                    &BitScan<Width16>.CountMemory, &BitScan<Width32>.CountMemory, &BitScan<Width64>.CountMemory);
            case Mnemonic.Mul:
                return OneSource(i, op, &MultiplyDivide<Width8>.MultiplyRegister, &MultiplyDivide<Width16>.MultiplyRegister,
                    &MultiplyDivide<Width32>.MultiplyRegister, &MultiplyDivide<Width64>.MultiplyRegister, &MultiplyDivide<Width8>.MultiplyMemory,
                    &MultiplyDivide<Width16>.MultiplyMemory, &MultiplyDivide<Width32>.MultiplyMemory, &MultiplyDivide<Width64>.MultiplyMemory);
            case Mnemonic.Div:
                return OneSource(i, op, &MultiplyDivide<Width8>.DivideRegister, &MultiplyDivide<Width16>.DivideRegister,
                    &MultiplyDivide<Width32>.DivideRegister, &MultiplyDivide<Width64>.DivideRegister, &MultiplyDivide<Width8>.DivideMemory,
                    &MultiplyDivide<Width16>.DivideMemory, &MultiplyDivide<Width32>.DivideMemory, &MultiplyDivide<Width64>.DivideMemory);
            case Mnemonic.Idiv:
                return OneSource(i, op, &MultiplyDivide<Width8>.SignedDivideRegister, &MultiplyDivide<Width16>.SignedDivideRegister,
                    &MultiplyDivide<Width32>.SignedDivideRegister, &MultiplyDivide<Width64>.SignedDivideRegister,
                    &MultiplyDivide<Width8>.SignedDivideMemory, &MultiplyDivide<Width16>.SignedDivideMemory,
                    &MultiplyDivide<Width32>.SignedDivideMemory, &MultiplyDivide<Width64>.SignedDivideMemory);
            case Mnemonic.Imul: return TranslateImul(i, op);
            case Mnemonic.Daa: return &DecimalArithmetic.Daa;
            case Mnemonic.Das: return &DecimalArithmetic.Das;
            case Mnemonic.Aaa: return &DecimalArithmetic.Aaa;
            case Mnemonic.Aas: return &DecimalArithmetic.Aas;
            case Mnemonic.Aam: op->Immediate = i.Immediate8; return &DecimalArithmetic.Aam;
            case Mnemonic.Aad: op->Immediate = i.Immediate8; return &DecimalArithmetic.Aad;
            case Mnemonic.Crc32:
                SetDestination(i, op);
                op->Size = (byte)SizeOf(i, 1);
                if (IsMemory(i, 1)) op->Source = Slot.Zero;
                else SetSource(i, op);
                return &Miscellaneous.Crc32;
        }
        return null;
    }

    private static Handler BinaryOf<TOperation>(in Instruction i, Op* op) where TOperation : struct, IBinaryOperation => SizeOf(i, 0) switch
    {
        1 => BinaryOf<TOperation, Width8>(i, op),
        2 => BinaryOf<TOperation, Width16>(i, op),
        4 => BinaryOf<TOperation, Width32>(i, op),
        _ => BinaryOf<TOperation, Width64>(i, op),
    };

    private static Handler BinaryOf<TOperation, TWidth>(in Instruction i, Op* op)
        where TOperation : struct, IBinaryOperation where TWidth : struct, IWidth
    {
        if (IsRegister(i, 0))
        {
            SetDestination(i, op);
            if (IsMemory(i, 1)) return &Binary<TOperation, TWidth>.RegisterMemory;
            if (IsRegister(i, 1)) { SetSource(i, op); return &Binary<TOperation, TWidth>.RegisterRegister; }
            op->Immediate = TWidth.Truncate(i.GetImmediate(1));
            return &Binary<TOperation, TWidth>.RegisterImmediate;
        }
        if (IsRegister(i, 1))
        {
            SetSource(i, op);
            return i.HasLockPrefix ? &Binary<TOperation, TWidth>.LockedMemoryRegister : &Binary<TOperation, TWidth>.MemoryRegister;
        }
        op->Immediate = TWidth.Truncate(i.GetImmediate(1));
        return i.HasLockPrefix ? &Binary<TOperation, TWidth>.LockedMemoryImmediate : &Binary<TOperation, TWidth>.MemoryImmediate;
    }

    private static Handler UnaryOf<TOperation>(in Instruction i, Op* op) where TOperation : struct, IUnaryOperation => SizeOf(i, 0) switch
    {
        1 => UnaryOf<TOperation, Width8>(i, op),
        2 => UnaryOf<TOperation, Width16>(i, op),
        4 => UnaryOf<TOperation, Width32>(i, op),
        _ => UnaryOf<TOperation, Width64>(i, op),
    };

    private static Handler UnaryOf<TOperation, TWidth>(in Instruction i, Op* op)
        where TOperation : struct, IUnaryOperation where TWidth : struct, IWidth
    {
        if (!IsRegister(i, 0)) return i.HasLockPrefix ? &Unary<TOperation, TWidth>.LockedMemory : &Unary<TOperation, TWidth>.Memory;
        SetDestination(i, op);
        return &Unary<TOperation, TWidth>.Register;
    }

    private static Handler ShiftOf<TOperation>(in Instruction i, Op* op) where TOperation : struct, IShiftOperation => SizeOf(i, 0) switch
    {
        1 => ShiftOf<TOperation, Width8>(i, op),
        2 => ShiftOf<TOperation, Width16>(i, op),
        4 => ShiftOf<TOperation, Width32>(i, op),
        _ => ShiftOf<TOperation, Width64>(i, op),
    };

    private static Handler ShiftOf<TOperation, TWidth>(in Instruction i, Op* op)
        where TOperation : struct, IShiftOperation where TWidth : struct, IWidth
    {
        bool register = IsRegister(i, 0);
        if (register) SetDestination(i, op);
        if (IsRegister(i, 1)) return register ? &Shift<TOperation, TWidth>.RegisterCl : &Shift<TOperation, TWidth>.MemoryCl;
        op->Immediate = i.GetImmediate(1) & (TWidth.Bits == 64 ? 63u : 31u);
        if (register && op->Immediate == 0)
        {
            // No flag changes; a doubleword destination still clears its upper half.
            op->Source = op->Destination;
            return &DataTransfer<TWidth>.MoveRegisterRegister;
        }
        if (register) return &Shift<TOperation, TWidth>.RegisterImmediate;
        return &Shift<TOperation, TWidth>.MemoryImmediate;
    }

    private static Handler TranslateDoubleShift(in Instruction i, Op* op)
    {
        SetSource(i, op);
        op->Immediate = IsRegister(i, 2) ? DoubleShift<Width64>.ByCl : i.GetImmediate(2) & 63;
        bool left = i.Mnemonic == Mnemonic.Shld;
        if (IsRegister(i, 0))
        {
            SetDestination(i, op);
            return left
                ? BySize(SizeOf(i, 0), &DoubleShift<Width16>.LeftRegister, &DoubleShift<Width32>.LeftRegister, &DoubleShift<Width64>.LeftRegister)
                : BySize(SizeOf(i, 0), &DoubleShift<Width16>.RightRegister, &DoubleShift<Width32>.RightRegister, &DoubleShift<Width64>.RightRegister);
        }
        return left
            ? BySize(SizeOf(i, 0), &DoubleShift<Width16>.LeftMemory, &DoubleShift<Width32>.LeftMemory, &DoubleShift<Width64>.LeftMemory)
            : BySize(SizeOf(i, 0), &DoubleShift<Width16>.RightMemory, &DoubleShift<Width32>.RightMemory, &DoubleShift<Width64>.RightMemory);
    }

    private static Handler BitOf<TOperation>(in Instruction i, Op* op) where TOperation : struct, IBitOperation => SizeOf(i, 0) switch
    {
        2 => BitOf<TOperation, Width16>(i, op),
        4 => BitOf<TOperation, Width32>(i, op),
        _ => BitOf<TOperation, Width64>(i, op),
    };

    private static Handler BitOf<TOperation, TWidth>(in Instruction i, Op* op) where TOperation : struct, IBitOperation where TWidth : struct, IWidth
    {
        bool register = IsRegister(i, 0);
        if (register) SetDestination(i, op);
        if (!TOperation.Writes) op->LengthAndPrefixes &= unchecked((byte)~(int)OpPrefixes.Writes);
        if (IsRegister(i, 1))
        {
            SetSource(i, op);
            return register ? &Bit<TOperation, TWidth>.RegisterRegister : &Bit<TOperation, TWidth>.MemoryRegister;
        }
        op->Immediate = i.GetImmediate(1);
        return register ? &Bit<TOperation, TWidth>.RegisterImmediate : &Bit<TOperation, TWidth>.MemoryImmediate;
    }

    private static Handler ScanOf(in Instruction i, Op* op, Handler r16, Handler r32, Handler r64, Handler m16, Handler m32, Handler m64)
    {
        SetDestination(i, op);
        if (IsMemory(i, 1)) return BySize(SizeOf(i, 0), m16, m32, m64);
        SetSource(i, op);
        return BySize(SizeOf(i, 0), r16, r32, r64);
    }

    private static Handler OneSource(in Instruction i, Op* op, Handler r8, Handler r16, Handler r32, Handler r64, Handler m8, Handler m16,
        Handler m32, Handler m64)
    {
        if (IsMemory(i, 0))
        {
            op->LengthAndPrefixes &= unchecked((byte)~(int)OpPrefixes.Writes);
            return BySize(SizeOf(i, 0), m8, m16, m32, m64);
        }
        SetSource(i, op, 0);
        return BySize(SizeOf(i, 0), r8, r16, r32, r64);
    }

    private static Handler TranslateImul(in Instruction i, Op* op)
    {
        if (i.OpCount == 1)
            return OneSource(i, op, &MultiplyDivide<Width8>.SignedMultiplyRegister, &MultiplyDivide<Width16>.SignedMultiplyRegister,
                &MultiplyDivide<Width32>.SignedMultiplyRegister, &MultiplyDivide<Width64>.SignedMultiplyRegister,
                &MultiplyDivide<Width8>.SignedMultiplyMemory, &MultiplyDivide<Width16>.SignedMultiplyMemory,
                &MultiplyDivide<Width32>.SignedMultiplyMemory, &MultiplyDivide<Width64>.SignedMultiplyMemory);
        SetDestination(i, op);
        bool memory = IsMemory(i, 1);
        if (!memory) SetSource(i, op);
        if (i.OpCount == 3)
        {
            op->Immediate = i.GetImmediate(2);
            return memory
                ? BySize(SizeOf(i, 0), &MultiplyDivide<Width16>.ProductMemoryImmediate, &MultiplyDivide<Width32>.ProductMemoryImmediate,
                    &MultiplyDivide<Width64>.ProductMemoryImmediate)
                : BySize(SizeOf(i, 0), &MultiplyDivide<Width16>.ProductRegisterImmediate, &MultiplyDivide<Width32>.ProductRegisterImmediate,
                    &MultiplyDivide<Width64>.ProductRegisterImmediate);
        }
        return memory
            ? BySize(SizeOf(i, 0), &MultiplyDivide<Width16>.ProductRegisterMemory, &MultiplyDivide<Width32>.ProductRegisterMemory,
                &MultiplyDivide<Width64>.ProductRegisterMemory)
            : BySize(SizeOf(i, 0), &MultiplyDivide<Width16>.ProductRegisterRegister, &MultiplyDivide<Width32>.ProductRegisterRegister,
                &MultiplyDivide<Width64>.ProductRegisterRegister);
    }
}

using Iced.Intel;
using VirtEngine.Hypervisors.Software.Instructions;

namespace VirtEngine.Hypervisors.Software.Decoding;

/// <content>Data transfer instructions (Intel SDM vol. 1, 5.1.1) and address computation.</content>
internal static unsafe partial class Translator
{
    private static Handler TranslateTransfer(in Instruction i, Op* op, int bits)
    {
        switch (i.Mnemonic)
        {
            case Mnemonic.Mov: return TranslateMove(i, op, bits);
            case Mnemonic.Movzx: return TranslateExtension(i, op, sign: false);
            case Mnemonic.Movsx or Mnemonic.Movsxd: return TranslateExtension(i, op, sign: true);
            case Mnemonic.Lea:
                SetDestination(i, op);
                // LEA computes an offset: no segment.
                op->Address &= (1 << AddressKind.SegmentShift) - 1;
                return BySize(i.Op0Register.GetSize(), &DataTransfer<Width16>.LoadEffectiveAddress, &DataTransfer<Width32>.LoadEffectiveAddress,
                    &DataTransfer<Width64>.LoadEffectiveAddress);
            case Mnemonic.Xchg:
                SetSource(i, op);
                if (IsMemory(i, 0))
                    return BySize(SizeOf(i, 0), &DataTransfer<Width8>.ExchangeMemoryRegister, &DataTransfer<Width16>.ExchangeMemoryRegister,
                        &DataTransfer<Width32>.ExchangeMemoryRegister, &DataTransfer<Width64>.ExchangeMemoryRegister);
                SetDestination(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width8>.ExchangeRegisterRegister, &DataTransfer<Width16>.ExchangeRegisterRegister,
                    &DataTransfer<Width32>.ExchangeRegisterRegister, &DataTransfer<Width64>.ExchangeRegisterRegister);
            case Mnemonic.Xadd:
                SetSource(i, op);
                if (IsMemory(i, 0))
                    return BySize(SizeOf(i, 0), &DataTransfer<Width8>.ExchangeAddMemoryRegister, &DataTransfer<Width16>.ExchangeAddMemoryRegister,
                        &DataTransfer<Width32>.ExchangeAddMemoryRegister, &DataTransfer<Width64>.ExchangeAddMemoryRegister);
                SetDestination(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width8>.ExchangeAddRegisterRegister, &DataTransfer<Width16>.ExchangeAddRegisterRegister,
                    &DataTransfer<Width32>.ExchangeAddRegisterRegister, &DataTransfer<Width64>.ExchangeAddRegisterRegister);
            case Mnemonic.Cmpxchg:
                SetSource(i, op);
                if (IsMemory(i, 0))
                    return BySize(SizeOf(i, 0), &DataTransfer<Width8>.CompareExchangeMemoryRegister, &DataTransfer<Width16>.CompareExchangeMemoryRegister,
                        &DataTransfer<Width32>.CompareExchangeMemoryRegister, &DataTransfer<Width64>.CompareExchangeMemoryRegister);
                SetDestination(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width8>.CompareExchangeRegisterRegister, &DataTransfer<Width16>.CompareExchangeRegisterRegister,
                    &DataTransfer<Width32>.CompareExchangeRegisterRegister, &DataTransfer<Width64>.CompareExchangeRegisterRegister);
            case Mnemonic.Cmpxchg8b: return &Miscellaneous.CompareExchange8;
            case Mnemonic.Cmpxchg16b: return &Miscellaneous.CompareExchange16;
            case Mnemonic.Bswap:
                SetDestination(i, op);
                return BySize(i.Op0Register.GetSize(), &DataTransfer<Width16>.ByteSwap, &DataTransfer<Width32>.ByteSwap, &DataTransfer<Width64>.ByteSwap);
            case Mnemonic.Movbe:
                if (IsMemory(i, 0))
                {
                    SetSource(i, op);
                    return BySize(SizeOf(i, 0), &DataTransfer<Width16>.StoreSwapped, &DataTransfer<Width32>.StoreSwapped, &DataTransfer<Width64>.StoreSwapped);
                }
                SetDestination(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width16>.LoadSwapped, &DataTransfer<Width32>.LoadSwapped, &DataTransfer<Width64>.LoadSwapped);
            case Mnemonic.Xlatb:
                op->Base = Slot.Rbx;
                op->Index = Slot.Zero;
                return &Miscellaneous.Xlat;
            case Mnemonic.Push or Mnemonic.Pop: return TranslatePushPop(i, op, bits);
            case Mnemonic.Pushf: return &DataTransfer<Width16>.PushFlags;
            case Mnemonic.Pushfd: return &DataTransfer<Width32>.PushFlags;
            case Mnemonic.Pushfq: return &DataTransfer<Width64>.PushFlags;
            case Mnemonic.Pusha: return &DataTransfer<Width16>.PushAll;
            case Mnemonic.Pushad: return &DataTransfer<Width32>.PushAll;
            case Mnemonic.Popa: return &DataTransfer<Width16>.PopAll;
            case Mnemonic.Popad: return &DataTransfer<Width32>.PopAll;
            case Mnemonic.Enter:
                op->Immediate = i.Immediate16;
                op->Displacement = i.Immediate8_2nd;
                return BySize(i.Code == Code.Enterw_imm16_imm8 ? 2 : i.Code == Code.Enterd_imm16_imm8 ? 4 : 8,
                    &DataTransfer<Width16>.Enter, &DataTransfer<Width32>.Enter, &DataTransfer<Width64>.Enter);
            case Mnemonic.Leave:
                return BySize(i.Code == Code.Leavew ? 2 : i.Code == Code.Leaved ? 4 : 8,
                    &DataTransfer<Width16>.Leave, &DataTransfer<Width32>.Leave, &DataTransfer<Width64>.Leave);
            // CBW and its kin: the accumulator's slot is 0, for source and destination.
            case Mnemonic.Cbw: return &Extension<Width8, Width16>.SignRegister;
            case Mnemonic.Cwde: return &Extension<Width16, Width32>.SignRegister;
            case Mnemonic.Cdqe: return &Extension<Width32, Width64>.SignRegister;
            case Mnemonic.Cwd: return &MultiplyDivide<Width16>.SignIntoRdx;
            case Mnemonic.Cdq: return &MultiplyDivide<Width32>.SignIntoRdx;
            case Mnemonic.Cqo: return &MultiplyDivide<Width64>.SignIntoRdx;
        }
        if (i.ConditionCode != ConditionCode.None && i.Mnemonic is >= Mnemonic.Cmova and <= Mnemonic.Cmovs)
        {
            SetDestination(i, op);
            op->Immediate = (ulong)ConditionOf(i);
            if (IsMemory(i, 1))
                return BySize(SizeOf(i, 0), &DataTransfer<Width16>.ConditionalMoveMemory, &DataTransfer<Width32>.ConditionalMoveMemory,
                    &DataTransfer<Width64>.ConditionalMoveMemory);
            SetSource(i, op);
            return BySize(SizeOf(i, 0), &DataTransfer<Width16>.ConditionalMoveRegister, &DataTransfer<Width32>.ConditionalMoveRegister,
                &DataTransfer<Width64>.ConditionalMoveRegister);
        }
        return null;
    }

    /// <summary>The condition's encoding, 0–15.</summary>
    private static int ConditionOf(in Instruction i) => i.ConditionCode switch
    {
        ConditionCode.o => 0, ConditionCode.no => 1, ConditionCode.b => 2, ConditionCode.ae => 3, ConditionCode.e => 4, ConditionCode.ne => 5,
        ConditionCode.be => 6, ConditionCode.a => 7, ConditionCode.s => 8, ConditionCode.ns => 9, ConditionCode.p => 10, ConditionCode.np => 11,
        ConditionCode.l => 12, ConditionCode.ge => 13, ConditionCode.le => 14, ConditionCode.g => 15,
        _ => throw new InvalidOperationException($"{i.Mnemonic} has no condition."),
    };

    private static Handler TranslateMove(in Instruction i, Op* op, int bits)
    {
        switch (i.Code)
        {
            case Code.Mov_r32m16_Sreg or Code.Mov_r64m16_Sreg or Code.Mov_rm16_Sreg:
                op->Source = (byte)SegmentNumber(i.Op1Register);
                if (IsMemory(i, 0)) return &SystemInstructions.StoreSegmentMemory;
                SetDestination(i, op);
                op->Size = (byte)i.Op0Register.GetSize();
                return &SystemInstructions.StoreSegmentRegister;
            case Code.Mov_Sreg_r32m16 or Code.Mov_Sreg_r64m16 or Code.Mov_Sreg_rm16:
                op->Destination = (byte)SegmentNumber(i.Op0Register);
                op->Size = 2;
                if (IsMemory(i, 1)) return &SystemInstructions.LoadSegmentMemory;
                SetSource(i, op);
                return &SystemInstructions.LoadSegmentRegister;
            case Code.Mov_AL_moffs8 or Code.Mov_AX_moffs16 or Code.Mov_EAX_moffs32 or Code.Mov_RAX_moffs64 when i.MemoryDisplSize == 8:
                SetAbsolute(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width8>.LoadAbsolute, &DataTransfer<Width16>.LoadAbsolute,
                    &DataTransfer<Width32>.LoadAbsolute, &DataTransfer<Width64>.LoadAbsolute);
            case Code.Mov_moffs8_AL or Code.Mov_moffs16_AX or Code.Mov_moffs32_EAX or Code.Mov_moffs64_RAX when i.MemoryDisplSize == 8:
                SetAbsolute(i, op);
                return BySize(SizeOf(i, 0), &DataTransfer<Width8>.StoreAbsolute, &DataTransfer<Width16>.StoreAbsolute,
                    &DataTransfer<Width32>.StoreAbsolute, &DataTransfer<Width64>.StoreAbsolute);
            case Code.Mov_r32_cr or Code.Mov_r64_cr:
                SetDestination(i, op);
                op->Source = (byte)(i.Op1Register - Register.CR0);
                return &SystemInstructions.MoveFromControl;
            case Code.Mov_cr_r32 or Code.Mov_cr_r64:
                SetSource(i, op);
                op->Destination = (byte)(i.Op0Register - Register.CR0);
                return &SystemInstructions.MoveToControl;
            case Code.Mov_r32_dr or Code.Mov_r64_dr:
                SetDestination(i, op);
                op->Source = (byte)(i.Op1Register - Register.DR0);
                return &SystemInstructions.MoveFromDebug;
            case Code.Mov_dr_r32 or Code.Mov_dr_r64:
                SetSource(i, op);
                op->Destination = (byte)(i.Op0Register - Register.DR0);
                return &SystemInstructions.MoveToDebug;
            case Code.Mov_r32_tr or Code.Mov_tr_r32: return null;
        }
        int size = SizeOf(i, 0);
        if (IsMemory(i, 1))
        {
            SetDestination(i, op);
            return BySize(size, &DataTransfer<Width8>.Load, &DataTransfer<Width16>.Load, &DataTransfer<Width32>.Load, &DataTransfer<Width64>.Load);
        }
        if (IsRegister(i, 1))
        {
            SetSource(i, op);
            if (IsMemory(i, 0))
                return BySize(size, &DataTransfer<Width8>.Store, &DataTransfer<Width16>.Store, &DataTransfer<Width32>.Store, &DataTransfer<Width64>.Store);
            SetDestination(i, op);
            return BySize(size, &DataTransfer<Width8>.MoveRegisterRegister, &DataTransfer<Width16>.MoveRegisterRegister,
                &DataTransfer<Width32>.MoveRegisterRegister, &DataTransfer<Width64>.MoveRegisterRegister);
        }
        op->Immediate = i.GetImmediate(1);
        if (IsMemory(i, 0))
            return BySize(size, &DataTransfer<Width8>.StoreImmediate, &DataTransfer<Width16>.StoreImmediate,
                &DataTransfer<Width32>.StoreImmediate, &DataTransfer<Width64>.StoreImmediate);
        SetDestination(i, op);
        return BySize(size, &DataTransfer<Width8>.MoveRegisterImmediate, &DataTransfer<Width16>.MoveRegisterImmediate,
            &DataTransfer<Width32>.MoveRegisterImmediate, &DataTransfer<Width64>.MoveRegisterImmediate);
    }

    private static void SetAbsolute(in Instruction i, Op* op)
    {
        op->Immediate = i.MemoryDisplacement64;
        op->Address = (byte)(SegmentNumber(i.MemorySegment) << AddressKind.SegmentShift);
        op->Displacement = 0;
    }

    private static Handler TranslateExtension(in Instruction i, Op* op, bool sign)
    {
        SetDestination(i, op);
        int from = SizeOf(i, 1), to = SizeOf(i, 0);
        bool memory = IsMemory(i, 1);
        if (!memory) SetSource(i, op);
        return from switch
        {
            1 => to switch
            {
                2 => ExtensionForm<Width8, Width16>(memory, sign),
                4 => ExtensionForm<Width8, Width32>(memory, sign),
                _ => ExtensionForm<Width8, Width64>(memory, sign),
            },
            2 => to switch
            {
                2 => ExtensionForm<Width16, Width16>(memory, sign),
                4 => ExtensionForm<Width16, Width32>(memory, sign),
                _ => ExtensionForm<Width16, Width64>(memory, sign),
            },
            // MOVSXD without REX.W moves; to 16 bits it moves 16.
            _ => to switch
            {
                2 => ExtensionForm<Width16, Width16>(memory, sign),
                4 => ExtensionForm<Width32, Width32>(memory, sign),
                _ => ExtensionForm<Width32, Width64>(memory, sign),
            },
        };
    }

    private static Handler ExtensionForm<TFrom, TTo>(bool memory, bool sign) where TFrom : struct, IWidth where TTo : struct, IWidth =>
        memory ? sign ? &Extension<TFrom, TTo>.SignMemory : &Extension<TFrom, TTo>.ZeroMemory
        : sign ? &Extension<TFrom, TTo>.SignRegister : &Extension<TFrom, TTo>.ZeroRegister;

    private static Handler TranslatePushPop(in Instruction i, Op* op, int bits)
    {
        int size = Math.Abs(i.StackPointerIncrement);
        bool push = i.Mnemonic == Mnemonic.Push;
        if (IsRegister(i, 0) && i.Op0Register.IsSegmentRegister())
        {
            byte number = (byte)SegmentNumber(i.Op0Register);
            if (push)
            {
                op->Source = number;
                return BySize(size, &DataTransfer<Width16>.PushSegment, &DataTransfer<Width32>.PushSegment, &DataTransfer<Width64>.PushSegment);
            }
            op->Destination = number;
            return BySize(size, &DataTransfer<Width16>.PopSegment, &DataTransfer<Width32>.PopSegment, &DataTransfer<Width64>.PopSegment);
        }
        if (IsMemory(i, 0))
        {
            return push
                ? BySize(size, &DataTransfer<Width16>.PushMemory, &DataTransfer<Width32>.PushMemory, &DataTransfer<Width64>.PushMemory)
                : BySize(size, &DataTransfer<Width16>.PopMemory, &DataTransfer<Width32>.PopMemory, &DataTransfer<Width64>.PopMemory);
        }
        if (!IsRegister(i, 0))
        {
            op->Immediate = i.GetImmediate(0);
            return BySize(size, &DataTransfer<Width16>.PushImmediate, &DataTransfer<Width32>.PushImmediate, &DataTransfer<Width64>.PushImmediate);
        }
        if (push)
        {
            op->Source = SlotOf(i.Op0Register);
            return BySize(size, &DataTransfer<Width16>.PushRegister, &DataTransfer<Width32>.PushRegister, &DataTransfer<Width64>.PushRegister);
        }
        SetDestination(i, op);
        return BySize(size, &DataTransfer<Width16>.PopRegister, &DataTransfer<Width32>.PopRegister, &DataTransfer<Width64>.PopRegister);
    }
}

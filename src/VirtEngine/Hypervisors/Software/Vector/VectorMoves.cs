using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;
using OperandKind = Iced.Intel.OpKind;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>The SSE instructions that only move data: what memcpy and register saving are made of.</summary>
internal static unsafe class VectorMoves
{
    internal static delegate*<Cpu, Op*, bool> HandlerOf(in Instruction instruction)
    {
        bool loads = instruction.OpCount > 1 && instruction.GetOpKind(1) == OperandKind.Memory;
        bool stores = instruction.OpCount > 0 && instruction.GetOpKind(0) == OperandKind.Memory;
        switch (instruction.Code)
        {
            case Code.Movups_xmm_xmmm128 or Code.Movupd_xmm_xmmm128 or Code.Movdqu_xmm_xmmm128 or Code.Lddqu_xmm_m128:
                return loads ? &LoadUnaligned : &Copy;
            case Code.Movups_xmmm128_xmm or Code.Movupd_xmmm128_xmm or Code.Movdqu_xmmm128_xmm:
                return stores ? &StoreUnaligned : &Copy;
            case Code.Movaps_xmm_xmmm128 or Code.Movapd_xmm_xmmm128 or Code.Movdqa_xmm_xmmm128 or Code.Movntdqa_xmm_m128:
                return loads ? &LoadAligned : &Copy;
            case Code.Movaps_xmmm128_xmm or Code.Movapd_xmmm128_xmm or Code.Movdqa_xmmm128_xmm or Code.Movntps_m128_xmm
                or Code.Movntpd_m128_xmm or Code.Movntdq_m128_xmm:
                return stores ? &StoreAligned : &Copy;
            case Code.Movss_xmm_xmmm32 or Code.Movss_xmmm32_xmm:
                return loads ? &LoadDouble : stores ? &StoreDouble : &MergeDouble;
            case Code.Movsd_xmm_xmmm64 or Code.Movsd_xmmm64_xmm:
                return loads ? &LoadQuad : stores ? &StoreQuad : &MergeQuad;
            case Code.Movq_xmm_xmmm64 or Code.Movq_xmmm64_xmm:
                return loads ? &LoadQuad : stores ? &StoreQuad : &CopyQuad;
            case Code.Movd_xmm_rm32:
                return loads ? &LoadDouble : &DoubleFromGeneral;
            case Code.Movq_xmm_rm64:
                return loads ? &LoadQuad : &QuadFromGeneral;
            case Code.Movd_rm32_xmm:
                return stores ? &StoreDouble : &DoubleToGeneral;
            case Code.Movq_rm64_xmm:
                return stores ? &StoreQuad : &QuadToGeneral;
            case Code.Movlps_xmm_m64 or Code.Movlpd_xmm_m64:
                return &LoadLow;
            case Code.Movlps_m64_xmm or Code.Movlpd_m64_xmm:
                return &StoreQuad;
            case Code.Movhps_xmm_m64 or Code.Movhpd_xmm_m64:
                return &LoadHigh;
            case Code.Movhps_m64_xmm or Code.Movhpd_m64_xmm:
                return &StoreHigh;
            case Code.Movnti_m32_r32:
                return &StoreGeneral<Width32>;
            case Code.Movnti_m64_r64:
                return &StoreGeneral<Width64>;
            default:
                return null;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong>* Destination(Cpu cpu, Op* op) => (Vector128<ulong>*)cpu.State->Xmm(op->Destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong>* Source(Cpu cpu, Op* op) => (Vector128<ulong>*)cpu.State->Xmm(op->Source);

    // ---- 16 bytes

    private static bool Copy(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *Destination(cpu, op) = *Source(cpu, op);
        return true;
    }

    private static bool LoadUnaligned(Cpu cpu, Op* op) => VectorAccess.TrySse(cpu) && TryLoad(cpu, op, cpu.EffectiveAddress(op));

    private static bool StoreUnaligned(Cpu cpu, Op* op) => VectorAccess.TrySse(cpu) && TryStore(cpu, op, cpu.EffectiveAddress(op));

    private static bool LoadAligned(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        ulong linear = cpu.EffectiveAddress(op);
        return (linear & 15) == 0 ? TryLoad(cpu, op, linear) : VectorAccess.RaiseMisaligned(cpu, linear);
    }

    private static bool StoreAligned(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        ulong linear = cpu.EffectiveAddress(op);
        return (linear & 15) == 0 ? TryStore(cpu, op, linear) : VectorAccess.RaiseMisaligned(cpu, linear);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryLoad(Cpu cpu, Op* op, ulong linear)
    {
        byte* memory = cpu.TryPointer(linear, 16, write: false);
        if (memory != null)
        {
            *Destination(cpu, op) = Unsafe.ReadUnaligned<Vector128<ulong>>(memory);
            return true;
        }
        return !cpu.IsFaulting && cpu.TryReadBytes(linear, Destination(cpu, op), 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryStore(Cpu cpu, Op* op, ulong linear)
    {
        byte* memory = cpu.TryPointer(linear, 16, write: true);
        if (memory != null)
        {
            Unsafe.WriteUnaligned(memory, *Source(cpu, op));
            return true;
        }
        return !cpu.IsFaulting && cpu.TryWriteBytes(linear, Source(cpu, op), 16);
    }

    // ---- parts; loads clear the rest of the register

    private static bool LoadDouble(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu) || !cpu.TryLoad<Width32>(cpu.EffectiveAddress(op), out ulong value)) return false;
        *Destination(cpu, op) = Vector128.CreateScalar(value);
        return true;
    }

    private static bool LoadQuad(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu) || !cpu.TryLoad<Width64>(cpu.EffectiveAddress(op), out ulong value)) return false;
        *Destination(cpu, op) = Vector128.CreateScalar(value);
        return true;
    }

    private static bool StoreDouble(Cpu cpu, Op* op) =>
        VectorAccess.TrySse(cpu) && cpu.TryStore<Width32>(cpu.EffectiveAddress(op), *(uint*)Source(cpu, op));

    private static bool StoreQuad(Cpu cpu, Op* op) =>
        VectorAccess.TrySse(cpu) && cpu.TryStore<Width64>(cpu.EffectiveAddress(op), *(ulong*)Source(cpu, op));

    private static bool StoreHigh(Cpu cpu, Op* op) =>
        VectorAccess.TrySse(cpu) && cpu.TryStore<Width64>(cpu.EffectiveAddress(op), ((ulong*)Source(cpu, op))[1]);

    private static bool LoadLow(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu) || !cpu.TryLoad<Width64>(cpu.EffectiveAddress(op), out ulong value)) return false;
        *(ulong*)Destination(cpu, op) = value;
        return true;
    }

    private static bool LoadHigh(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu) || !cpu.TryLoad<Width64>(cpu.EffectiveAddress(op), out ulong value)) return false;
        ((ulong*)Destination(cpu, op))[1] = value;
        return true;
    }

    private static bool MergeDouble(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *(uint*)Destination(cpu, op) = *(uint*)Source(cpu, op);
        return true;
    }

    private static bool MergeQuad(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *(ulong*)Destination(cpu, op) = *(ulong*)Source(cpu, op);
        return true;
    }

    private static bool CopyQuad(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *Destination(cpu, op) = Vector128.CreateScalar(*(ulong*)Source(cpu, op));
        return true;
    }

    // ---- general registers

    private static bool DoubleFromGeneral(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *Destination(cpu, op) = Vector128.CreateScalar((ulong)(uint)cpu.State->Registers[op->Source]);
        return true;
    }

    private static bool QuadFromGeneral(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        *Destination(cpu, op) = Vector128.CreateScalar(cpu.State->Registers[op->Source]);
        return true;
    }

    private static bool DoubleToGeneral(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        cpu.State->Registers[op->Destination] = *(uint*)Source(cpu, op);
        return true;
    }

    private static bool QuadToGeneral(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TrySse(cpu)) return false;
        cpu.State->Registers[op->Destination] = *(ulong*)Source(cpu, op);
        return true;
    }

    /// <summary>MOVNTI, which is SSE2 but touches no SSE state.</summary>
    private static bool StoreGeneral<TWidth>(Cpu cpu, Op* op) where TWidth : struct, IWidth =>
        cpu.TryStore<TWidth>(cpu.EffectiveAddress(op), cpu.State->Registers[op->Source]);
}

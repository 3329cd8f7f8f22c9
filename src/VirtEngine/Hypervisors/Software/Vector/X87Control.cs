using Iced.Intel;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>The x87 instructions that compute nothing: control, status and environment (Intel SDM vol. 1, 5.2.6).</summary>
internal static unsafe class X87Control
{
    private const int RegistersSize = 80;

    internal static delegate*<Cpu, Op*, bool> HandlerOf(in Instruction instruction) => instruction.Code switch
    {
        Code.Wait => &Wait,
        Code.Fnop => &Nothing,
        Code.Fneni or Code.Fndisi or Code.Fnsetpm => &NothingNoWait,
        Code.Fninit => &Initialize,
        Code.Fnclex => &ClearExceptions,
        Code.Fnstcw_m2byte => &StoreControl,
        Code.Fldcw_m2byte => &LoadControl,
        Code.Fnstsw_AX => &StoreStatusToRegister,
        Code.Fnstsw_m2byte => &StoreStatus,
        Code.Fnstenv_m14byte => &StoreEnvironment16,
        Code.Fnstenv_m28byte => &StoreEnvironment32,
        Code.Fldenv_m14byte => &LoadEnvironment16,
        Code.Fldenv_m28byte => &LoadEnvironment32,
        Code.Fnsave_m94byte => &Save16,
        Code.Fnsave_m108byte => &Save32,
        Code.Frstor_m94byte => &Restore16,
        Code.Frstor_m108byte => &Restore32,
        _ => null,
    };

    private static bool Wait(Cpu cpu, Op* op) => VectorAccess.TryWait(cpu);

    private static bool Nothing(Cpu cpu, Op* op) => VectorAccess.TryX87(cpu);

    private static bool NothingNoWait(Cpu cpu, Op* op) => VectorAccess.TryX87NoWait(cpu);

    private static bool Initialize(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        X87Environment.Initialize(cpu.State->Fx);
        return true;
    }

    private static bool ClearExceptions(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        X87Environment.ClearExceptions(cpu.State->Fx);
        return true;
    }

    private static bool StoreControl(Cpu cpu, Op* op) =>
        VectorAccess.TryX87NoWait(cpu) && cpu.TryStore<Width16>(cpu.EffectiveAddress(op), FxImage.Control(cpu.State->Fx));

    private static bool LoadControl(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryX87(cpu) || !cpu.TryLoad<Width16>(cpu.EffectiveAddress(op), out ulong value)) return false;
        X87Environment.SetControl(cpu.State->Fx, (ushort)value);
        return true;
    }

    private static bool StoreStatusToRegister(Cpu cpu, Op* op)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        *(ushort*)cpu.State->Registers = FxImage.Status(cpu.State->Fx);
        return true;
    }

    private static bool StoreStatus(Cpu cpu, Op* op) =>
        VectorAccess.TryX87NoWait(cpu) && cpu.TryStore<Width16>(cpu.EffectiveAddress(op), FxImage.Status(cpu.State->Fx));

    private static bool StoreEnvironment16(Cpu cpu, Op* op) => TryStoreEnvironment(cpu, op, wide: false);

    private static bool StoreEnvironment32(Cpu cpu, Op* op) => TryStoreEnvironment(cpu, op, wide: true);

    private static bool LoadEnvironment16(Cpu cpu, Op* op) => TryLoadEnvironment(cpu, op, wide: false);

    private static bool LoadEnvironment32(Cpu cpu, Op* op) => TryLoadEnvironment(cpu, op, wide: true);

    private static bool Save16(Cpu cpu, Op* op) => TrySave(cpu, op, wide: false);

    private static bool Save32(Cpu cpu, Op* op) => TrySave(cpu, op, wide: true);

    private static bool Restore16(Cpu cpu, Op* op) => TryRestore(cpu, op, wide: false);

    private static bool Restore32(Cpu cpu, Op* op) => TryRestore(cpu, op, wide: true);

    private static bool TryStoreEnvironment(Cpu cpu, Op* op, bool wide)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        byte* fx = cpu.State->Fx;
        var image = stackalloc byte[X87Environment.Size(true)];
        X87Environment.Store(fx, image, wide, cpu.IsProtected);
        if (!cpu.TryWriteBytes(cpu.EffectiveAddress(op), image, X87Environment.Size(wide))) return false;
        X87Environment.MaskAll(fx);
        return true;
    }

    private static bool TryLoadEnvironment(Cpu cpu, Op* op, bool wide)
    {
        var image = stackalloc byte[X87Environment.Size(true)];
        if (!VectorAccess.TryX87(cpu) || !cpu.TryReadBytes(cpu.EffectiveAddress(op), image, X87Environment.Size(wide))) return false;
        X87Environment.Load(cpu.State->Fx, image, wide, cpu.IsProtected);
        return true;
    }

    private static bool TrySave(Cpu cpu, Op* op, bool wide)
    {
        if (!VectorAccess.TryX87NoWait(cpu)) return false;
        byte* fx = cpu.State->Fx;
        int size = X87Environment.Size(wide);
        var image = stackalloc byte[X87Environment.Size(true) + RegistersSize];
        X87Environment.Store(fx, image, wide, cpu.IsProtected);
        X87Environment.StoreRegisters(fx, image + size);
        if (!cpu.TryWriteBytes(cpu.EffectiveAddress(op), image, size + RegistersSize)) return false;
        X87Environment.Initialize(fx);
        return true;
    }

    private static bool TryRestore(Cpu cpu, Op* op, bool wide)
    {
        int size = X87Environment.Size(wide);
        var image = stackalloc byte[X87Environment.Size(true) + RegistersSize];
        if (!VectorAccess.TryX87(cpu) || !cpu.TryReadBytes(cpu.EffectiveAddress(op), image, size + RegistersSize)) return false;
        X87Environment.Load(cpu.State->Fx, image, wide, cpu.IsProtected);
        X87Environment.LoadRegisters(cpu.State->Fx, image + size);
        return true;
    }
}

using System.Runtime.CompilerServices;

namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>Runs stubs on an FXSAVE image: what the instructions mean once their operands are at hand.</summary>
internal static unsafe class VectorUnit
{
    private const uint Flags = 0x3F, BeforeComputation = 7, Underflow = 0x10, Inexact = 0x20, MasksUnderflow = 0x800,
        AllMasked = 0x1F80, FlushToZero = 0x8000;

    private const int ErrorSummary = 0x8080;

    /// <summary>Whether an unmasked x87 exception waits for the next instruction that looks for one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool HasPendingX87(byte* fx) => (FxImage.Status(fx) & ~FxImage.Control(fx) & Flags) != 0;

    /// <summary>
    /// Whether an x87 store that has just run leaves memory alone: unmasked, every exception but an inexact result prevents it, and even
    /// hides that the memory could not be written.
    /// </summary>
    internal static bool IsStorePrevented(byte* fx) => (FxImage.Status(fx) & ~FxImage.Control(fx) & (Flags ^ Inexact)) != 0;

    /// <summary>
    /// Runs an instruction. Its caller has seen that no x87 exception is pending if it is one of x87 or MMX, and gives an MMX register
    /// as the place it has while TOP is 0.
    /// </summary>
    /// <returns>False if an unmasked SIMD floating-point exception was raised: MXCSR says which, nothing else has changed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRun(VectorStub* stub, byte* fx, void* first, void* second, ulong* implicitOperands)
    {
        if (stub->Has(VectorTraits.X87)) UpdateSummary(fx);
        if (stub->Has(VectorTraits.Mmx)) EnterMmx(fx);
        if (stub->Has(VectorTraits.Mxcsr) && (FxImage.MxcsrOf(fx) & MasksUnderflow) == 0)
            return RunWithUnderflow(stub, fx, first, second, implicitOperands);
        uint raised = stub->Entry(fx, first, second, implicitOperands);
        if (raised == 0) return true;
        FxImage.MxcsrOf(fx) = WithFlags(FxImage.MxcsrOf(fx), raised);
        return false;
    }

    /// <summary>
    /// Runs with the underflow exception unmasked. Masked, as stubs run, a tiny result is reported only if it is inexact too; unmasked,
    /// always. Flush-to-zero reports every tiny result, so a first run with that finds out.
    /// </summary>
    private static bool RunWithUnderflow(VectorStub* stub, byte* fx, void* first, void* second, ulong* implicitOperands)
    {
        uint before = FxImage.MxcsrOf(fx);
        uint control = (before & ~(Flags | FlushToZero)) | AllMasked;
        int size = stub->First == OperandPlace.General ? 8 : 16;
        var (low, high) = (*(ulong*)first, size == 16 ? ((ulong*)first)[1] : 0);
        ulong flags = implicitOperands == null ? 0 : *implicitOperands;

        FxImage.MxcsrOf(fx) = control | FlushToZero;
        stub->Entry(fx, first, second, implicitOperands);
        uint raised = FxImage.MxcsrOf(fx) & Underflow;
        Restore();

        FxImage.MxcsrOf(fx) = control;
        stub->Entry(fx, first, second, implicitOperands);
        raised |= FxImage.MxcsrOf(fx) & Flags;

        if ((raised & ~(before >> 7)) == 0)
        {
            FxImage.MxcsrOf(fx) = before | raised;
            return true;
        }
        Restore();
        FxImage.MxcsrOf(fx) = WithFlags(before, raised);
        return false;

        void Restore()
        {
            *(ulong*)first = low;
            if (size == 16) ((ulong*)first)[1] = high;
            if (implicitOperands != null) *implicitOperands = flags;
        }
    }

    /// <summary>
    /// MXCSR after an unmasked exception. Exceptions of the operands come first: the results are not looked at then
    /// (Intel SDM vol. 1, E.4.2).
    /// </summary>
    private static uint WithFlags(uint mxcsr, uint raised)
    {
        bool early = (raised & BeforeComputation & ~(mxcsr >> 7)) != 0;
        return mxcsr | (early ? raised & BeforeComputation : raised);
    }

    /// <summary>Makes the x87 state the MMX state: TOP becomes 0, which renumbers the image, and no register is empty.</summary>
    internal static void EnterMmx(byte* fx)
    {
        RotateTo(fx, 0);
        FxImage.Valid(fx) = 0xFF;
    }

    /// <summary>EMMS: every register is empty.</summary>
    internal static void LeaveMmx(byte* fx)
    {
        RotateTo(fx, 0);
        FxImage.Valid(fx) = 0;
    }

    /// <summary>Sets TOP and keeps every physical register's content: the image holds them by their distance from TOP.</summary>
    internal static void RotateTo(byte* fx, int top)
    {
        int old = FxImage.Top(fx);
        if (old == top) return;
        var registers = stackalloc UInt128[8];
        for (int i = 0; i < 8; i++) registers[(i + old) & 7] = *(UInt128*)FxImage.StackOf(fx, i);
        for (int i = 0; i < 8; i++) *(UInt128*)FxImage.StackOf(fx, i) = registers[(i + top) & 7];
        FxImage.Status(fx) = (ushort)((FxImage.Status(fx) & ~0x3800) | top << 11);
    }

    /// <summary>Sets the summary bits of the status word, ES and B, from its flags and the control word's masks.</summary>
    internal static void UpdateSummary(byte* fx)
    {
        ref ushort status = ref FxImage.Status(fx);
        status = (ushort)(HasPendingX87(fx) ? status | ErrorSummary : status & ~ErrorSummary);
    }
}

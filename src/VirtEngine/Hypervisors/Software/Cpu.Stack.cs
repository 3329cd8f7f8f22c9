namespace VirtEngine.Hypervisors.Software;

/// <content>The stack.</content>
internal sealed unsafe partial class Cpu
{
    /// <summary>Linear address of an operand on the stack.</summary>
    internal ulong StackAddress(ulong offset, int size) =>
        Is64Bit ? offset : SegmentAddress(SegmentRegister.Ss, offset, size, write: true);

    /// <summary>Pushes an operand; on a fault RSP is as before.</summary>
    internal bool TryPush<TWidth>(ulong value) where TWidth : struct, IWidth
    {
        ulong mask = StackMask, rsp = State->Registers[4], top = (rsp - (ulong)TWidth.Bytes) & mask;
        if (!TryStore<TWidth>(StackAddress(top, TWidth.Bytes), value)) return StackFault();
        State->Registers[4] = (rsp & ~mask) | top;
        return true;
    }

    /// <summary>Pops an operand; on a fault RSP is as before.</summary>
    internal bool TryPop<TWidth>(out ulong value) where TWidth : struct, IWidth
    {
        ulong mask = StackMask, rsp = State->Registers[4];
        if (!TryLoad<TWidth>(StackAddress(rsp & mask, TWidth.Bytes), out value)) return StackFault();
        State->Registers[4] = (rsp & ~mask) | ((rsp + (ulong)TWidth.Bytes) & mask);
        return true;
    }

    /// <summary>Reads an operand <paramref name="index"/> operands above the top of the stack.</summary>
    internal bool TryPeek<TWidth>(int index, out ulong value) where TWidth : struct, IWidth =>
        TryLoad<TWidth>(StackAddress((State->Registers[4] + (ulong)(index * TWidth.Bytes)) & StackMask, TWidth.Bytes), out value) || StackFault();

    /// <summary>Adds to the stack pointer as wide as the stack is.</summary>
    internal void AdjustStack(ulong bytes)
    {
        ulong mask = StackMask, rsp = State->Registers[4];
        State->Registers[4] = (rsp & ~mask) | ((rsp + bytes) & mask);
    }

    /// <summary>An address fault on the stack is #SS.</summary>
    internal void ResolveStackFault()
    {
        if (_addressFault) Raise(ExceptionVector.StackFault);
    }

    private bool StackFault()
    {
        ResolveStackFault();
        return false;
    }
}

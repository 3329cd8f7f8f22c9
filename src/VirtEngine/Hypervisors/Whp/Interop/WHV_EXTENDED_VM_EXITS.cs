namespace VirtEngine.Hypervisors.Whp.Interop;

/// <summary>Exits that must be asked for.</summary>
[Flags]
internal enum WHV_EXTENDED_VM_EXITS : ulong
{
    X64CpuidExit = 1ul << 0,
    X64MsrExit = 1ul << 1,
}

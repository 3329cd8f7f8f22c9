namespace VirtEngine.Hypervisors.Software;

/// <summary>Instructions of the host's processor that .NET has no call for, as small emitted functions. x64 hosts only.</summary>
internal static unsafe class HostInstructions
{
    private static readonly delegate* unmanaged<void*, UInt128*, UInt128*, void> _compareExchange = Emit();

    /// <summary>LOCK CMPXCHG16B: stores <paramref name="value"/> if memory holds <paramref name="expected"/>, and returns there what it held.</summary>
    internal static void CompareExchange(void* at, UInt128* expected, UInt128* value) => _compareExchange(at, expected, value);

    private static delegate* unmanaged<void*, UInt128*, UInt128*, void> Emit()
    {
        // RDI (RCX on Windows): memory; RSI (RDX): expected, in and out; RDX (R8): value. RBX must survive.
        ReadOnlySpan<byte> move = OperatingSystem.IsWindows()
            ? [0x49, 0x89, 0xC9, 0x49, 0x89, 0xD2, 0x4D, 0x89, 0xC3]   // mov r9, rcx; mov r10, rdx; mov r11, r8
            : [0x49, 0x89, 0xF9, 0x49, 0x89, 0xF2, 0x49, 0x89, 0xD3];  // mov r9, rdi; mov r10, rsi; mov r11, rdx
        ReadOnlySpan<byte> body =
        [
            0x53,                               // push rbx
            0x49, 0x8B, 0x02,                   // mov rax, [r10]
            0x49, 0x8B, 0x52, 0x08,             // mov rdx, [r10+8]
            0x49, 0x8B, 0x1B,                   // mov rbx, [r11]
            0x49, 0x8B, 0x4B, 0x08,             // mov rcx, [r11+8]
            0xF0, 0x49, 0x0F, 0xC7, 0x09,       // lock cmpxchg16b [r9]
            0x49, 0x89, 0x02,                   // mov [r10], rax
            0x49, 0x89, 0x52, 0x08,             // mov [r10+8], rdx
            0x5B,                               // pop rbx
            0xC3,                               // ret
        ];
        return (delegate* unmanaged<void*, UInt128*, UInt128*, void>)HostCode.Memory.Add([.. move, .. body]);
    }
}

namespace VirtEngine.Hypervisors.Software;

/// <summary>A remembered way from an instruction pointer to its block, valid in one <see cref="Cpu.Context"/>.</summary>
internal unsafe struct JumpEntry
{
    internal ulong Rip;
    internal ulong Context;
    internal Block* Block;
}

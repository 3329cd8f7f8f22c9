namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>What the interpreter must know about an instruction before and after it runs its stub.</summary>
[Flags]
internal enum VectorTraits : ushort
{
    None = 0,

    /// <summary>The memory operand is read.</summary>
    ReadsMemory = 1,

    /// <summary>The memory operand is written.</summary>
    WritesMemory = 2,

    /// <summary>A memory operand that is not at a multiple of 16 raises #GP.</summary>
    Aligned = 4,

    /// <summary>MXCSR's control bits count and its exception flags change.</summary>
    Mxcsr = 8,

    /// <summary>RFLAGS are an operand.</summary>
    ReadsFlags = 16,

    /// <summary>RFLAGS are a result: all six arithmetic flags are defined.</summary>
    WritesFlags = 32,

    /// <summary>RAX and RDX are operands (explicit-length string comparisons).</summary>
    ReadsLengths = 64,

    /// <summary>RCX is a result (string comparisons that return an index).</summary>
    WritesIndex = 128,

    /// <summary>An x87 instruction that may change the register stack.</summary>
    X87 = 256,

    /// <summary>An MMX register is an operand: the x87 state becomes MMX state.</summary>
    Mmx = 512,

    /// <summary>An XMM register is an operand: needs CR4.OSFXSR.</summary>
    Sse = 1024,

    /// <summary>XMM0 is an operand without being named.</summary>
    ReadsXmm0 = 2048,

    /// <summary>XMM0 is the result without being named (string comparisons that return a mask).</summary>
    WritesXmm0 = 4096,
}

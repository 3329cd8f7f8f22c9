namespace VirtEngine.Hypervisors.Software.Vector;

/// <summary>Where a stub finds an operand that its caller points to.</summary>
internal enum OperandPlace : byte
{
    /// <summary>There is none, or the stub's code holds it (an immediate, ST(i)).</summary>
    None,

    /// <summary>An XMM register, 16 bytes.</summary>
    Xmm,

    /// <summary>An MMX register: 8 bytes of an x87 register's 16 in the image.</summary>
    Mmx,

    /// <summary>A general-purpose register, 8 bytes.</summary>
    General,

    /// <summary>Memory, or a copy of it.</summary>
    Memory,
}

namespace VirtEngine.Hypervisors.Software;

/// <summary>An operand size as a type, so that each instruction's meaning is written once and compiled for every size.</summary>
internal unsafe interface IWidth
{
    /// <summary>8, 16, 32 or 64.</summary>
    static abstract int Bits { get; }

    /// <summary>1, 2, 4 or 8.</summary>
    static abstract int Bytes { get; }

    /// <summary>Reads an operand, zero-extended.</summary>
    static abstract ulong Load(void* at);

    /// <summary>Writes an operand to memory.</summary>
    static abstract void Store(void* at, ulong value);

    /// <summary>Writes an operand to a register: 32 bits clear the upper half, 8 and 16 keep the rest.</summary>
    static abstract void StoreRegister(void* at, ulong value);

    /// <summary>Copies the operand's sign bit to all higher bits.</summary>
    static abstract long SignExtend(ulong value);

    /// <summary>Clears all bits above the operand.</summary>
    static abstract ulong Truncate(ulong value);

    /// <summary>Atomically replaces memory that holds <paramref name="expected"/>; false if it held something else.</summary>
    static abstract bool CompareExchange(void* at, ulong expected, ulong value);
}

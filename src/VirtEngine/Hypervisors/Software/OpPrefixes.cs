namespace VirtEngine.Hypervisors.Software;

/// <summary>Prefixes and properties in <see cref="Op.LengthAndPrefixes"/>.</summary>
[Flags]
internal enum OpPrefixes : byte
{
    None = 0,

    /// <summary>The memory operand is written: its segment must be writable.</summary>
    Writes = 0x10,

    /// <summary>LOCK.</summary>
    Lock = 0x20,

    /// <summary>REP or REPE.</summary>
    Rep = 0x40,

    /// <summary>REPNE.</summary>
    Repne = 0x80,
}

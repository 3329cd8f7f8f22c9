namespace AppLayer.Registry.Hive;

/// <summary>
/// The descriptor of a root that has none: owned by the administrators, full access for the system and the administrators, reading for users, all
/// of it inherited by new subkeys. O:BAG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU) in SDDL.
/// </summary>
internal static class DefaultSecurity
{
    /// <summary>In self-relative form (MS-DTYP, 2.4.6).</summary>
    internal static readonly ReadOnlyMemory<byte> Descriptor = new byte[]
    {
        1, 0, 0x04, 0x80, 20, 0, 0, 0, 36, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0, // DACL present, self-relative; owner at 20, group at 36, DACL at 48
        1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02, 0, 0,              // S-1-5-32-544
        1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,                                // S-1-5-18
        2, 0, 76, 0, 3, 0, 0, 0,                                            // 76 bytes, 3 entries
        0, 2, 20, 0, 0x3F, 0, 0x0F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
        0, 2, 24, 0, 0x3F, 0, 0x0F, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 0x02, 0, 0,
        0, 2, 24, 0, 0x19, 0, 0x02, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 0x02, 0, 0,
    };
}

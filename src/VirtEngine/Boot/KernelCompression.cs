namespace VirtEngine.Boot;

/// <summary>How the payload of a bzImage is compressed.</summary>
internal enum KernelCompression
{
    /// <summary>Not recognised.</summary>
    Unknown,

    /// <summary>Not compressed: an ELF file.</summary>
    None,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>LZ4, legacy frame.</summary>
    Lz4,

    /// <summary>xz.</summary>
    Xz,

    /// <summary>Zstandard (RFC 8878).</summary>
    Zstandard,

    /// <summary>bzip2.</summary>
    Bzip2,

    /// <summary>LZMA, the older stand-alone format.</summary>
    Lzma,

    /// <summary>LZO.</summary>
    Lzo,
}

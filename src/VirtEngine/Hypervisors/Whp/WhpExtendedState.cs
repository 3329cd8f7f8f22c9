using System.Buffers.Binary;

namespace VirtEngine.Hypervisors.Whp;

/// <summary>
/// x87 and SSE registers in an XSAVE area (Intel SDM vol. 1, 13.4). Its legacy region is FXSAVE's image in the standard and the compacted form alike;
/// what the header calls initial is not in it.
/// </summary>
internal static class WhpExtendedState
{
    private const int LegacySize = 512, Xmm = 160, XmmEnd = 416, Mxcsr = 24, Header = 512;
    private const ulong X87 = 1, Sse = 2, Compacted = 1ul << 63;

    /// <summary>Bytes of the legacy region and the header.</summary>
    internal const int MinimumSize = LegacySize + 64;

    /// <summary>Copies the registers out of an area.</summary>
    internal static void Load(ReadOnlySpan<byte> area, Span<byte> image)
    {
        area[..XmmEnd].CopyTo(image);
        image[XmmEnd..LegacySize].Clear();
        ulong present = BinaryPrimitives.ReadUInt64LittleEndian(area[Header..]), form = BinaryPrimitives.ReadUInt64LittleEndian(area[(Header + 8)..]);
        if ((present & X87) == 0)
        {
            image[..Mxcsr].Clear();
            image[32..Xmm].Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(image, 0x37F);
        }
        if ((present & Sse) != 0) return;
        image[Xmm..XmmEnd].Clear();
        // The standard form has MXCSR all the same.
        if ((form & Compacted) != 0) BinaryPrimitives.WriteUInt32LittleEndian(image[Mxcsr..], 0x1F80);
    }

    /// <summary>Copies the registers into an area; the rest of it stays.</summary>
    internal static void Store(ReadOnlySpan<byte> image, Span<byte> area)
    {
        image[..XmmEnd].CopyTo(area);
        ulong present = BinaryPrimitives.ReadUInt64LittleEndian(area[Header..]), form = BinaryPrimitives.ReadUInt64LittleEndian(area[(Header + 8)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(area[Header..], present | X87 | Sse);
        // What is present must be in the form.
        if ((form & Compacted) != 0) BinaryPrimitives.WriteUInt64LittleEndian(area[(Header + 8)..], form | X87 | Sse);
    }
}

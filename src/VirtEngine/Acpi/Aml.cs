using System.Buffers.Binary;
using System.Text;

namespace VirtEngine.Acpi;

/// <summary>Builds AML (ACPI 6.5, 20.2): each method returns the encoding of one term, from those of its parts.</summary>
internal static class Aml
{
    private const byte ZeroOp = 0x00, OneOp = 0x01, NameOp = 0x08, BytePrefix = 0x0A, WordPrefix = 0x0B, DwordPrefix = 0x0C, StringPrefix = 0x0D,
        QwordPrefix = 0x0E, ScopeOp = 0x10, BufferOp = 0x11, PackageOp = 0x12, MethodOp = 0x14, DualNamePrefix = 0x2E, MultiNamePrefix = 0x2F,
        ExtendedPrefix = 0x5B, RootPrefix = 0x5C, LocalOp = 0x60, ArgumentOp = 0x68, StoreOp = 0x70, AndOp = 0x7B, OrOp = 0x7D,
        CreateDwordFieldOp = 0x8A, NotOp = 0x92, EqualOp = 0x93, IfOp = 0xA0, ElseOp = 0xA1, ReturnOp = 0xA4;
    private const byte DeviceOp = 0x82;     // after the extended prefix

    internal static byte[] Scope(string name, params byte[][] terms) => [ScopeOp, .. Packed([.. NameString(name), .. Join(terms)])];

    internal static byte[] Device(string name, params byte[][] terms) =>
        [ExtendedPrefix, DeviceOp, .. Packed([.. NameString(name), .. Join(terms)])];

    internal static byte[] Name(string name, byte[] value) => [NameOp, .. NameString(name), .. value];

    internal static byte[] Method(string name, int arguments, params byte[][] terms) =>
        [MethodOp, .. Packed([.. NameString(name), (byte)arguments, .. Join(terms)])];

    internal static byte[] Integer(ulong value)
    {
        switch (value)
        {
            case 0: return [ZeroOp];
            case 1: return [OneOp];
            case <= byte.MaxValue: return [BytePrefix, (byte)value];
            case <= ushort.MaxValue: return [WordPrefix, (byte)value, (byte)(value >> 8)];
        }
        byte[] bytes = new byte[value <= uint.MaxValue ? 5 : 9];
        bytes[0] = value <= uint.MaxValue ? DwordPrefix : QwordPrefix;
        for (int i = 1; i < bytes.Length; i++) bytes[i] = (byte)(value >> 8 * (i - 1));
        return bytes;
    }

    internal static byte[] String(string value) => [StringPrefix, .. Encoding.ASCII.GetBytes(value), 0];

    internal static byte[] Package(params byte[][] elements) => [PackageOp, .. Packed([(byte)elements.Length, .. Join(elements)])];

    internal static byte[] Buffer(byte[] content) => [BufferOp, .. Packed([.. Integer((ulong)content.Length), .. content])];

    /// <summary>A compressed EISA identifier, such as <c>PNP0A08</c>, as the integer that <c>_HID</c> gives (ACPI 6.5, 19.6.36).</summary>
    internal static byte[] EisaId(string id)
    {
        int vendor = (id[0] - '@') << 10 | (id[1] - '@') << 5 | (id[2] - '@');
        uint product = Convert.ToUInt32(id[3..], 16);
        return Integer(BinaryPrimitives.ReverseEndianness((uint)vendor << 16 | product));
    }

    /// <summary>A UUID as the buffer that <c>ToUUID</c> gives.</summary>
    internal static byte[] Uuid(string value) => Buffer(Guid.Parse(value).ToByteArray());

    internal static byte[] Argument(int number) => [(byte)(ArgumentOp + number)];

    internal static byte[] Local(int number) => [(byte)(LocalOp + number)];

    internal static byte[] Reference(string name) => NameString(name);

    internal static byte[] CreateDwordField(byte[] buffer, ulong offset, string name) =>
        [CreateDwordFieldOp, .. buffer, .. Integer(offset), .. NameString(name)];

    internal static byte[] And(byte[] left, byte[] right, byte[] target) => [AndOp, .. left, .. right, .. target];

    internal static byte[] Or(byte[] left, byte[] right, byte[] target) => [OrOp, .. left, .. right, .. target];

    internal static byte[] NotEqual(byte[] left, byte[] right) => [NotOp, EqualOp, .. left, .. right];

    internal static byte[] Equal(byte[] left, byte[] right) => [EqualOp, .. left, .. right];

    internal static byte[] Store(byte[] value, byte[] target) => [StoreOp, .. value, .. target];

    internal static byte[] If(byte[] condition, params byte[][] terms) => [IfOp, .. Packed([.. condition, .. Join(terms)])];

    internal static byte[] Else(params byte[][] terms) => [ElseOp, .. Packed(Join(terms))];

    internal static byte[] Return(byte[] value) => [ReturnOp, .. value];

    private static byte[] Join(byte[][] terms) => [.. terms.SelectMany(term => term)];

    /// <summary>Puts the length in front, which counts itself (ACPI 6.5, 20.2.4).</summary>
    private static byte[] Packed(byte[] content)
    {
        if (content.Length + 1 < 64) return [(byte)(content.Length + 1), .. content];
        int extra = content.Length + 2 < 1 << 12 ? 1 : content.Length + 3 < 1 << 20 ? 2 : 3;
        int length = content.Length + 1 + extra;
        byte[] result = new byte[length];
        result[0] = (byte)(extra << 6 | length & 15);
        for (int i = 0; i < extra; i++) result[1 + i] = (byte)(length >> 4 + 8 * i);
        content.CopyTo(result, 1 + extra);
        return result;
    }

    private static byte[] NameString(string name)
    {
        bool root = name.StartsWith('\\');
        string[] segments = (root ? name[1..] : name).Split('.');
        byte[] path = segments.Length switch
        {
            1 => Segment(segments[0]),
            2 => [DualNamePrefix, .. Segment(segments[0]), .. Segment(segments[1])],
            _ => [MultiNamePrefix, (byte)segments.Length, .. segments.SelectMany(Segment)],
        };
        return root ? [RootPrefix, .. path] : path;
    }

    private static byte[] Segment(string segment)
    {
        if (segment.Length is 0 or > 4) throw new ArgumentException($"\"{segment}\" is not a name segment of up to four characters.", nameof(segment));
        return Encoding.ASCII.GetBytes(segment.PadRight(4, '_'));
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Hive;

/// <summary>Names as hives store and hash them.</summary>
internal static class HiveName
{
    /// <summary>Whether one byte for a character is enough.</summary>
    internal static bool IsCompressible(string name) => !name.AsSpan().ContainsAnyExceptInRange('\0', '\xFF');

    /// <summary>Bytes that a name takes.</summary>
    internal static int Length(string name) => IsCompressible(name) ? name.Length : name.Length * sizeof(char);

    internal static void Write(Span<byte> destination, string name)
    {
        if (IsCompressible(name))
        {
            Encoding.Latin1.GetBytes(name, destination);
        }
        else
        {
            MemoryMarshal.AsBytes(name.AsSpan()).CopyTo(destination);
        }
    }

    /// <summary>The number by which a hash leaf finds a name (regf specification, "Hash leaf").</summary>
    internal static uint Hash(string name)
    {
        uint hash = 0;
        foreach (var unit in name)
        {
            hash = (37 * hash) + RegistryNameComparer.Upper(unit);
        }

        return hash;
    }
}

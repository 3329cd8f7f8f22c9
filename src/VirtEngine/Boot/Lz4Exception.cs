using VirtFoundation.Formats;

namespace VirtEngine.Boot;

/// <summary>LZ4 data breaks the rules of its format (lz4_Frame_format.md, lz4_Block_format.md).</summary>
public sealed class Lz4Exception : MalformedDataException
{
    internal Lz4Exception(long offset, string field, string problem) : base("LZ4", offset, field, problem)
    {
    }
}

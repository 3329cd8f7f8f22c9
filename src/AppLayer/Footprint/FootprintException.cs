using VirtFoundation.Formats;

namespace AppLayer.Footprint;

/// <summary>A snapshot's file is damaged, or none.</summary>
public sealed class FootprintException : MalformedDataException
{
    internal FootprintException(long offset, string field, string problem)
        : base("footprint", offset, field, problem)
    {
    }
}

using VirtFoundation.Formats;

namespace VirtFoundation.Packages.Xz;

/// <summary>Data breaks the rules of the .xz format (xz-file-format.txt, version 1.2.1) or uses a filter that is not known here.</summary>
public sealed class XzException : MalformedDataException
{
    internal XzException(long offset, string field, string problem) : base("xz", offset, field, problem)
    {
    }
}

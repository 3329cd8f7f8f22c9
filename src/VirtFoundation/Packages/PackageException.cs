using VirtFoundation.Formats;

namespace VirtFoundation.Packages;

/// <summary>A Debian package breaks the rules of its format (deb(5)), or uses a part of it that is not known here.</summary>
public sealed class PackageException : MalformedDataException
{
    internal PackageException(long offset, string field, string problem) : base("deb", offset, field, problem)
    {
    }
}

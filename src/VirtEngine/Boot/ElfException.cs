using VirtFoundation.Formats;

namespace VirtEngine.Boot;

/// <summary>An ELF file breaks the rules of its format (System V ABI, chapters 4 and 5), or is of a kind that cannot be used here.</summary>
public sealed class ElfException : MalformedDataException
{
    internal ElfException(long offset, string field, string problem) : base("ELF", offset, field, problem)
    {
    }
}

using VirtFoundation.Formats;

namespace VirtEngine.Boot;

/// <summary>A file is no Linux kernel for x86-64, or its boot header breaks the rules of the boot protocol (Documentation/arch/x86/boot.rst).</summary>
public sealed class KernelFormatException : MalformedDataException
{
    internal KernelFormatException(long offset, string field, string problem) : base("kernel", offset, field, problem)
    {
    }
}

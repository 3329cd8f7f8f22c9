using System.Text;

namespace VirtSpecs;

/// <summary>What a machine boots: an image that VirtImage holds, or a Linux kernel from files.</summary>
public sealed record MachineBoot : ISpecRules
{
    // x86 Linux: COMMAND_LINE_SIZE, 2048, less the terminator (arch/x86/include/asm/setup.h).
    private const int MaximumCommandLine = 2047;

    /// <summary>The name of an image that carries kernel and initrd.</summary>
    [SpecMember("Image to boot, by name. Excludes kernel and initrd.", Form = TextForm.Name)]
    public string? Image { get; init; }

    /// <summary>The path of a Linux kernel (bzImage or ELF).</summary>
    [SpecMember("Linux kernel to boot: a bzImage or ELF file.", Form = TextForm.Path)]
    public string? Kernel { get; init; }

    /// <summary>The path of the kernel's initial RAM disk.</summary>
    [SpecMember("Initial RAM disk for the kernel.", Form = TextForm.Path)]
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line, at most 2047 bytes of UTF-8; <see langword="null"/> for the image's own, if any.</summary>
    [SpecMember("Command line for the kernel. Without it the image's own, if any.", MaximumLength = MaximumCommandLine)]
    public string? CommandLine { get; init; }

    IEnumerable<SpecViolation> ISpecRules.FindViolations()
    {
        if (Image is null && Kernel is null)
        {
            yield return new(null, "needs an image or a kernel");
        }

        if (Image is not null && Kernel is not null)
        {
            yield return new(nameof(Kernel), "can't be given together with an image");
        }

        if (Initrd is not null && Kernel is null)
        {
            yield return new(nameof(Initrd), "needs a kernel", Image is null ? null : "an image brings its own initrd");
        }

        if (CommandLine is not null && Encoding.UTF8.GetByteCount(CommandLine) > MaximumCommandLine)
        {
            yield return new(nameof(CommandLine), "must be at most 2047 bytes as UTF-8");
        }
    }
}

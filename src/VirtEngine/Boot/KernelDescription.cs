namespace VirtEngine.Boot;

/// <summary>What a kernel file is.</summary>
/// <param name="Version">What the kernel calls itself, empty if it doesn't.</param>
/// <param name="Format"><c>bzImage</c> or <c>ELF</c>.</param>
/// <param name="Compression">How its payload is compressed: <c>lz4</c>, <c>none</c> …</param>
/// <param name="HasPvhEntry">Whether it can be entered by PVH; known only where the payload can be decompressed on the host.</param>
public readonly record struct KernelDescription(string Version, string Format, string Compression, bool HasPvhEntry);

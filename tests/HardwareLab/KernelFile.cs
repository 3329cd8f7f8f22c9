using VirtEngine.Boot;

namespace HardwareLab;

/// <summary>Takes the kernel itself out of the image that boot loaders take.</summary>
public static class KernelFile
{
    /// <summary>Writes the kernel as the ELF file that is entered by PVH: QEMU would have it decompress itself on its slow processor.</summary>
    /// <param name="image">A bzImage.</param>
    /// <param name="path">The file to write.</param>
    /// <exception cref="KernelFormatException">It is no kernel, or damaged, or its compression is not known.</exception>
    public static void Decompress(ReadOnlySpan<byte> image, string path)
    {
        if (!new BzImageReader(image).TryGetPayload(out var payload) || !KernelPayload.CanDecompress(KernelPayload.Identify(payload)))
            throw new KernelFormatException(0x248, "payload_offset", "the kernel cannot be taken out of its image");
        using var kernel = KernelPayload.Decompress(payload, KernelPayload.Identify(payload));
        using var file = File.Create(path);
        file.Write(kernel.Span);
    }
}

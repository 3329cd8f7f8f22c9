using System.Text;
using VirtEngine.Memory;

namespace VirtEngine.Boot;

/// <summary>Puts a Linux kernel, its initial RAM disk and what it must be told into guest memory.</summary>
public static class LinuxLoader
{
    private const int MaximumKernelFile = 512 << 20;
    private const ulong PvhInitrdCeiling = 0x8000_0000; // what Linux has named as its limit since boot protocol 2.03

    /// <summary>Says what a kernel file is, without a machine.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="KernelFormatException">It is no kernel for x86-64, or damaged.</exception>
    /// <exception cref="ElfException">It is an ELF file, but no kernel for x86-64, or damaged.</exception>
    /// <exception cref="BootException">It is too large to be a kernel.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static KernelDescription Describe(string path)
    {
        using var file = NativeBuffer.ReadFile(path, MaximumKernelFile);
        if (ElfReader.IsElf(file.Span))
        {
            _ = PvhKernel.FindEntry(new ElfReader(file.Span));
            return new KernelDescription("", "ELF", "none", true);
        }
        var image = OpenBzImage(file.Span);
        var compression = image.TryGetPayload(out var payload) ? KernelPayload.Identify(payload) : KernelCompression.Unknown;
        bool pvh = false;
        if (KernelPayload.CanDecompress(compression))
        {
            using var kernel = KernelPayload.Decompress(payload, compression);
            pvh = PvhKernel.TryFindEntry(new ElfReader(kernel.Span), out _);
        }
        return new KernelDescription(image.Version, "bzImage", compression.ToString().ToLowerInvariant(), pvh);
    }

    /// <summary>Loads a kernel. Guest memory is written only below the kernel's end and where the initial RAM disk lies.</summary>
    /// <param name="memory">The machine's RAM.</param>
    /// <param name="parameters">What to load and what to tell it.</param>
    /// <returns>The state in which the boot processor starts.</returns>
    /// <exception cref="KernelFormatException">The kernel file is no kernel for x86-64, or damaged.</exception>
    /// <exception cref="ElfException">The kernel is an ELF file, but no kernel for x86-64, or damaged.</exception>
    /// <exception cref="BootException">Something does not fit, or the kernel cannot be entered as asked.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public static BootState Load(GuestMemory memory, BootParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(parameters);
        var plan = new GuestMemoryPlan(memory, parameters.MemoryMap);
        using var file = NativeBuffer.ReadFile(parameters.Kernel, MaximumKernelFile);
        if (ElfReader.IsElf(file.Span))
        {
            if (parameters.Protocol == BootProtocol.Linux64) throw new BootException("An ELF kernel is entered by PVH; the 64-bit boot protocol needs a bzImage.");
            return LoadPvh(memory, plan, parameters, new ElfReader(file.Span), PvhInitrdCeiling, BootLayout.MaxCommandLine);
        }

        var image = OpenBzImage(file.Span);
        if (parameters.Protocol != BootProtocol.Linux64)
        {
            string? obstacle = null;
            var compression = image.TryGetPayload(out var payload) ? KernelPayload.Identify(payload) : KernelCompression.Unknown;
            if (KernelPayload.CanDecompress(compression))
            {
                using var kernel = KernelPayload.Decompress(payload, compression);
                var elf = new ElfReader(kernel.Span);
                if (PvhKernel.TryFindEntry(elf, out _))
                {
                    var state = LoadPvh(memory, plan, parameters, elf, image.InitrdAddressMax + 1UL, image.CommandLineSize);
                    return state with { KernelVersion = image.Version };
                }
                obstacle = "the kernel has no PVH entry (CONFIG_PVH)";
            }
            else
            {
                obstacle = $"its payload's compression ({compression.ToString().ToLowerInvariant()}) cannot be undone on the host";
            }
            if (parameters.Protocol == BootProtocol.Pvh) throw new BootException($"'{parameters.Kernel}' cannot be entered by PVH: {obstacle}.");
            return Linux64Kernel.Load(memory, plan, parameters, image) with { Remark = $"Entered by the 64-bit boot protocol: {obstacle}." };
        }
        return Linux64Kernel.Load(memory, plan, parameters, image);
    }

    /// <summary>Checks and writes the command line.</summary>
    internal static void WriteCommandLine(GuestMemory memory, string commandLine, long limit)
    {
        limit = Math.Min(limit, BootLayout.MaxCommandLine);
        if (commandLine.Length > limit) throw new BootException($"The command line has {commandLine.Length} characters; this kernel takes {limit}.");
        int bad = commandLine.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        if (bad >= 0)
            throw new BootException($"The command line has the character U+{(int)commandLine[bad]:x4} at position {bad}; printable ASCII is needed.");
        memory.Write(BootLayout.CommandLine, Encoding.ASCII.GetBytes(commandLine + '\0'));
    }

    /// <summary>Reads the initial RAM disk straight into guest memory, as high as it may lie.</summary>
    /// <param name="memory">The machine's RAM.</param>
    /// <param name="plan">What of it may be used.</param>
    /// <param name="path">The file, or null.</param>
    /// <param name="kernelEnd">Nothing below is used.</param>
    /// <param name="ceiling">Nothing from here on is used.</param>
    /// <returns>Address and length, both 0 if there is none.</returns>
    internal static (ulong Address, ulong Length) LoadInitrd(GuestMemory memory, GuestMemoryPlan plan, string? path, ulong kernelEnd, ulong ceiling)
    {
        if (path is null) return default;
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        ulong length = (ulong)NativeBuffer.LengthOf(file, path);
        if (length == 0) throw new BootException($"The initial RAM disk '{path}' is empty.");
        if (!plan.TryPlace(length, kernelEnd, Math.Min(ceiling, GuestMemory.HoleStart), out ulong address, out ulong largest))
            throw new BootException($"The initial RAM disk '{path}' does not fit: it needs {length} bytes, {largest} are available behind the kernel.");
        for (ulong done = 0; done < length;)
        {
            int chunk = (int)Math.Min(length - done, 16 << 20);
            if (!memory.TryGetSpan(address + done, chunk, out var target)) throw new BootException("The initial RAM disk's place is no RAM.");
            int count = RandomAccess.Read(file, target, (long)done);
            if (count == 0) throw new BootException($"The initial RAM disk '{path}' shrank while it was read.");
            done += (ulong)count;
        }
        memory.NotifyWritten(address, length);
        return (address, length);
    }

    private static BootState LoadPvh(
        GuestMemory memory, GuestMemoryPlan plan, BootParameters parameters, ElfReader elf, ulong initrdCeiling, long commandLineLimit)
    {
        ulong entry = PvhKernel.FindEntry(elf);
        ulong end = PvhKernel.LoadSegments(memory, plan, elf, entry);
        WriteCommandLine(memory, parameters.CommandLine, commandLineLimit);
        var initrd = LoadInitrd(memory, plan, parameters.Initrd, end, initrdCeiling);
        DescriptorTable.Write(memory, longMode: false);
        StartInfo.Write(memory, parameters, initrd);
        return BootState.Pvh(entry);
    }

    private static BzImageReader OpenBzImage(ReadOnlySpan<byte> file) => BzImageReader.IsBzImage(file)
        ? new BzImageReader(file)
        : throw new KernelFormatException(0, "header", $"not a Linux kernel; the file looks like {FileLook.Describe(file)}");
}

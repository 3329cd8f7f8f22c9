using System.Text;
using VirtFoundation.Packages;

namespace VirtEngine.Images;

/// <summary>A kernel of Debian's as its package holds it: the image that boot loaders take, and modules.</summary>
internal sealed class KernelPackage
{
    private const string ImagePrefix = "boot/vmlinuz-";
    private const int MaximumModule = 64 << 20;

    private readonly HashSet<string> _builtIn = new(StringComparer.Ordinal);
    private readonly List<KernelModule> _modules = [];

    private KernelPackage(PackageFile image)
    {
        Release = image.Name["vmlinuz-".Length..];
        Image = image.Content;
    }

    /// <summary>What <c>uname -r</c> says: <c>6.1.0-56-cloud-amd64</c>.</summary>
    internal string Release { get; }

    /// <summary>The bzImage.</summary>
    internal byte[] Image { get; }

    /// <summary>Obtains the kernel that a meta package stands for.</summary>
    /// <param name="shelf">Where packages come from.</param>
    /// <param name="metaPackage">The package that depends on the newest kernel: <c>linux-image-cloud-amd64</c>.</param>
    /// <param name="wanted">Says by its name which modules are read; null for all.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="PackageSourceException">The package cannot be obtained.</exception>
    /// <exception cref="PackageException">The package is damaged.</exception>
    /// <exception cref="ImageBuildException">The package has no kernel, or a module that cannot be read.</exception>
    internal static KernelPackage Read(PackageShelf shelf, string metaPackage, Func<string, bool>? wanted, CancellationToken cancellation)
    {
        string name = shelf.Get(metaPackage, cancellation).Dependencies.FirstOrDefault(dependency => dependency.StartsWith("linux-image-", StringComparison.Ordinal))
            ?? throw new ImageBuildException($"Package '{metaPackage}' names no kernel.");
        var files = shelf.Files(name, path => IsImage(path) || IsModuleFile(path) && (IsBuiltInList(path) || wanted?.Invoke(KernelModule.NameOf(path)) != false), cancellation);
        var kernel = new KernelPackage(files.Values.FirstOrDefault(file => IsImage(file.Path)) ?? throw new ImageBuildException($"Package '{name}' has no kernel."));
        foreach (var file in files.Values)
        {
            if (IsBuiltInList(file.Path))
                foreach (string line in Encoding.UTF8.GetString(file.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries)) kernel._builtIn.Add(KernelModule.NameOf(line));
            else if (IsModuleFile(file.Path))
                kernel._modules.Add(KernelModule.Read(file.Path, Unpack(file)));
        }
        return kernel;
    }

    /// <summary>Some of the modules that were read, with all that they use.</summary>
    /// <exception cref="ImageBuildException">One is missing.</exception>
    internal KernelModuleSet Modules(IEnumerable<string> wanted) => new(_modules, _builtIn, wanted);

    private static bool IsImage(string path) => path.StartsWith(ImagePrefix, StringComparison.Ordinal);

    private static bool IsBuiltInList(string path) => path.EndsWith("/modules.builtin", StringComparison.Ordinal);

    private static bool IsModuleFile(string path) =>
        path.Contains("lib/modules/", StringComparison.Ordinal)
        && (IsBuiltInList(path)
            || path.Contains("/kernel/", StringComparison.Ordinal) && Compression.Extensions.Any(extension => path.EndsWith(".ko" + extension, StringComparison.Ordinal)));

    private static byte[] Unpack(PackageFile file)
    {
        string extension = Path.GetExtension(file.Path);
        if (extension == ".ko") return file.Content;
        if (!Compression.TryOpen(extension, new MemoryStream(file.Content), out var stream)) throw new ImageBuildException($"The module '{file.Path}' is compressed in a way that is not known here.");
        using var _ = stream;
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0; content.Write(buffer, 0, count))
            if (content.Length > MaximumModule) throw new ImageBuildException($"The module '{file.Path}' has more than {MaximumModule} bytes.");
        return content.ToArray();
    }
}

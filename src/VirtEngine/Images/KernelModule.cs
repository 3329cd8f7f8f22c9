using System.Text;
using VirtEngine.Boot;

namespace VirtEngine.Images;

/// <summary>A kernel module with what its .modinfo section says.</summary>
/// <param name="Name">Its name, with underscores: <c>virtio_rng</c>.</param>
/// <param name="Path">Its path in the package: <c>lib/modules/6.1.0-…/kernel/drivers/…/virtio-rng.ko</c>.</param>
/// <param name="Content">The module, not compressed.</param>
/// <param name="Dependencies">Names of the modules that it uses directly.</param>
/// <param name="Aliases">Patterns of the devices that it drives.</param>
internal sealed record KernelModule(string Name, string Path, byte[] Content, IReadOnlyList<string> Dependencies, IReadOnlyList<string> Aliases)
{
    /// <summary>Reads a module.</summary>
    /// <exception cref="ElfException">It is no module for x86-64.</exception>
    internal static KernelModule Read(string path, byte[] content)
    {
        if (!new ElfReader(content).TryGetSection(".modinfo"u8, out var section)) throw new ElfException(0, ".modinfo", $"'{path}' has no such section");
        var dependencies = new List<string>();
        var aliases = new List<string>();
        foreach (string line in Encoding.UTF8.GetString(section).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("depends=", StringComparison.Ordinal))
                dependencies.AddRange(line[8..].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Normalize));
            else if (line.StartsWith("alias=", StringComparison.Ordinal) && !line.AsSpan(6).ContainsAny(" \t\r\n"))
                aliases.Add(line[6..]);
        }
        return new KernelModule(NameOf(path), path, content, dependencies, aliases);
    }

    /// <summary>The name of the module in a file: that of the file, with underscores.</summary>
    internal static string NameOf(string path)
    {
        string file = path[(path.LastIndexOf('/') + 1)..];
        int dot = file.IndexOf(".ko", StringComparison.Ordinal);
        return Normalize(dot < 0 ? file : file[..dot]);
    }

    private static string Normalize(string name) => name.Replace('-', '_');
}

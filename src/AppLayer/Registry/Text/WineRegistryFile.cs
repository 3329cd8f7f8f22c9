using System.Buffers;

namespace AppLayer.Registry.Text;

/// <summary>
/// A registry file of Wine (<c>WINE REGISTRY Version 2</c>: system.reg, user.reg, userdef.reg), with all that it says and a tree of
/// keys cannot hold: the key that it is relative to, the architecture, comments, which keys have a section, and their order. The rules
/// are those of server/registry.c in Wine 8.0; a file that wineserver wrote is written back byte for byte.
/// </summary>
public sealed class WineRegistryFile
{
    /// <summary>
    /// The key that all paths are relative to, with single backslashes, such as <c>REGISTRY\Machine</c>; null where the file does not
    /// say.
    /// </summary>
    public string? BaseKey { get; set; }

    /// <summary>What the prefix is made for.</summary>
    public WineArchitecture Architecture { get; set; }

    /// <summary>Other comments and options before the first key, as whole lines.</summary>
    public IList<string> Remarks { get; } = [];

    /// <summary>The sections, in the order of the file.</summary>
    public IList<WineRegistrySection> Sections { get; } = [];

    /// <summary>Reads a file from disk.</summary>
    /// <exception cref="WineRegistryException">It is not a Wine registry file, or beyond the limits.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WineRegistryFile Load(string path, RegistryTextLimits? limits = null)
    {
        limits ??= RegistryTextLimits.Default;
        return new FileInfo(path).Length > limits.File
            ? throw WineRegistryReader.TooLong(limits)
            : Parse(File.ReadAllBytes(path), limits);
    }

    /// <summary>Reads a file's content.</summary>
    /// <exception cref="WineRegistryException">It is not a Wine registry file, or beyond the limits.</exception>
    public static WineRegistryFile Parse(ReadOnlySpan<byte> content, RegistryTextLimits? limits = null) =>
        new WineRegistryReader(content, limits ?? RegistryTextLimits.Default).Read();

    /// <summary>
    /// Makes the file that wineserver would write of a tree: sections in its order, none for keys that hold nothing but subkeys.
    /// </summary>
    /// <param name="tree">The base key. Its security and that of all keys is not written: the format has none.</param>
    /// <param name="baseKey">The key that paths are relative to, such as <c>REGISTRY\Machine</c>.</param>
    /// <param name="architecture">What the prefix is made for.</param>
    /// <exception cref="ArgumentException">A key or a value has a mark of a layer, which Wine has no words for.</exception>
    public static WineRegistryFile FromTree(RegistryKey tree, string baseKey, WineArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var file = new WineRegistryFile { BaseKey = baseKey, Architecture = architecture };
        Add(file.Sections, tree, "");
        return file;
    }

    /// <summary>
    /// Makes the tree of keys. A key without a section has the time of the first one below it, as in wineserver. <see cref="FromTree"/>
    /// of a tree that comes from wineserver's file gives the same file.
    /// </summary>
    public RegistryKey ToTree()
    {
        var root = new RegistryKey("");
        var chain = new List<RegistryKey> { root };
        string last = "";
        foreach (var section in Sections)
        {
            // Sections come depth first, so most of the way is that of the section before.
            int start = WineRegistryReader.CommonParents(last, section.Path, out int depth);
            chain.RemoveRange(depth + 1, chain.Count - depth - 1);
            var rest = section.Path.AsSpan(start);
            foreach (var part in rest.Split('\\'))
            {
                string name = rest[part].ToString();
                if (name.Length == 0) break;
                if (!chain[^1].TryGetSubkey(name, out var next)) chain[^1].Add(next = new(name));
                chain.Add(next);
            }

            last = section.Path;
            var key = chain[^1];
            for (int i = chain.Count - 1; i >= 0 && chain[i].LastWrite.Ticks == 0; i--) chain[i].LastWrite = section.LastWrite;
            key.Class = section.Class ?? key.Class;
            key.IsLink |= section.IsLink;
            foreach (var value in section.Values) key.Set(value);
        }

        return root;
    }

    /// <summary>The file's content, in the form in which wineserver writes it.</summary>
    public byte[] ToBytes()
    {
        return Write().ToArray();
    }

    /// <summary>Writes the file's content, in the form in which wineserver writes it.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write(Write().Span);
    }

    /// <summary>The file's content, without a copy.</summary>
    internal ReadOnlyMemory<byte> Write()
    {
        var output = new TextBuffer(1 << 16);
        new WineRegistryWriter(output).Write(this);
        return output.Written;
    }

    private static void Add(IList<WineRegistrySection> sections, RegistryKey key, string path)
    {
        if (key.Mark != LayerMark.Merge)
        {
            throw new ArgumentException($"The key '{path}' has the mark {key.Mark}, which a Wine registry cannot hold.", nameof(key));
        }

        if (key.Values.Count > 0 || key.Subkeys.Count == 0 || key.Class is not null || key.IsLink)
        {
            var section = new WineRegistrySection(path)
            {
                Seconds = WineRegistrySection.SecondsOf(key.LastWrite),
                Time = key.LastWrite,
                Class = key.Class,
                IsLink = key.IsLink,
            };
            foreach (var value in WineNameOrder.Sorted(key.Values, value => value.Name))
            {
                if (value.IsTombstone)
                {
                    throw new ArgumentException($"'{value.Name}' of '{path}' is a tombstone, which a Wine registry cannot hold.", nameof(key));
                }

                section.Values.Add(value);
            }

            sections.Add(section);
        }

        foreach (var subkey in WineNameOrder.Sorted(key.Subkeys, subkey => subkey.Name))
        {
            Add(sections, subkey, path.Length == 0 ? subkey.Name : $"{path}\\{subkey.Name}");
        }
    }
}

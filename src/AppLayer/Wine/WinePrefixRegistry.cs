using AppLayer.Paths;
using AppLayer.Registry;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Text;
using AppLayer.Registry.Tokens;
using AppLayer.Registry.Views;
using VirtFoundation.Store;

namespace AppLayer.Wine;

/// <summary>
/// The registry of a Wine prefix: the files that wineserver reads at its start and writes whole at its end. An isolated application gets one
/// that is composed of a base prefix's and its layers; what it changed is the difference afterwards.
/// </summary>
/// <example>
/// <code>
/// var composed = WinePrefixRegistry.Load(basePrefix).Compose(layers, tokens);
/// composed.Save(prefix);
/// // … the application runs, wineserver ends …
/// RegistryKey changes = WinePrefixRegistry.Load(prefix).Since(composed, tokens, WineNoise.Known);
/// </code>
/// </example>
public sealed class WinePrefixRegistry
{
    private const string PartialSuffix = ".partial";
    private readonly Dictionary<RegistryRoot, Lazy<WineRegistryText>> _files;

    private WinePrefixRegistry(Func<RegistryRoot, Lazy<WineRegistryText>> file) => _files = RegistryRoots.All.ToDictionary(root => root.Root, root => file(root.Root));

    /// <summary>The SID of the prefix's user, as its file of that user says it; null if it says none.</summary>
    /// <exception cref="WineRegistryException">The file is none of Wine's.</exception>
    public string? UserSid => WineRegistryFile.Parse(_files[RegistryRoot.CurrentUser].Value.Head).BaseKey is { } key
        && RegistryRoots.TryFromKernelPath(key, out var root, out var sid) && root == RegistryRoot.CurrentUser ? sid : null;

    /// <summary>Reads a prefix's registry.</summary>
    /// <param name="prefix">The prefix's directory, which no wineserver is using.</param>
    /// <exception cref="IOException">A file isn't there or cannot be read.</exception>
    /// <exception cref="WineRegistryException">A file is too large. Others are faults when the file is used.</exception>
    public static WinePrefixRegistry Load(string prefix) => new(root => Read(root, PathOf(prefix, root)));

    /// <summary>Reads what wineserver wrote; files that are not there are as they were before.</summary>
    /// <param name="prefix">The directory with the files.</param>
    /// <param name="before">The registry that wineserver began with.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="WineRegistryException">A file is too large or was cut off. Others are faults when the file is used.</exception>
    internal static WinePrefixRegistry Load(string prefix, WinePrefixRegistry before) => new(root =>
    {
        var path = PathOf(prefix, root);
        return !File.Exists(path) ? before._files[root] : EndsWithLine(path) ? Read(root, path) : throw new WineRegistryException(1, 1, "a file with a whole last line");
    });

    /// <summary>The content of the file of a root.</summary>
    public ReadOnlyMemory<byte> Bytes(RegistryRoot root) => _files[root].Value.Bytes;

    /// <summary>
    /// The registry that a stack of layers over this one shows, with the layers' tokens as this prefix's paths. It takes the time of what the
    /// layers hold and of copying the rest. Keys that a layer has below a key that is a link here are where the link leads.
    /// </summary>
    /// <param name="layers">The layers; the first wins.</param>
    /// <param name="tokens">The prefix's paths.</param>
    /// <exception cref="PathTokenException">A layer has a token that this prefix can't replace, or two keys would get one name.</exception>
    /// <exception cref="WineRegistryException">A file is none of Wine's.</exception>
    public WinePrefixRegistry Compose(IEnumerable<RegistryLayer> layers, PathTokens tokens)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(tokens);
        RegistryKey[] trees = [.. layers.Select(layer => layer.Tree)];
        var files = RegistryRoots.All.ToDictionary(root => root.Root, root =>
        {
            var text = _files[root.Root].Value;
            return new WineComposer(text, tokens).Compose(WineLinks.Follow(text, root.Root, trees), root.Root.ToString());
        });
        return new(root => Text(root, files[root]));
    }

    /// <summary>
    /// Writes the files. Each is there as a whole or not at all, whenever this process ends. They are not flushed, as wineserver's are not:
    /// after a loss of power they are to be made anew.
    /// </summary>
    /// <param name="prefix">The directory.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public void Save(string prefix) => Save(prefix, FileOperations.Instance);

    internal void Save(string prefix, IFileOperations files)
    {
        foreach (var root in RegistryRoots.All)
        {
            var path = Path.Combine(prefix, root.WineFile);
            using (var file = files.Create(path + PartialSuffix))
            {
                files.Write(file, Bytes(root.Root).Span);
            }

            files.Rename(path + PartialSuffix, path);
        }
    }

    /// <summary>
    /// What a run changed: over what composed to the registry before, it composes to this one. It holds no entry that could be left out. A
    /// key's time is no change of its own; it is there where the key itself was changed.
    /// </summary>
    /// <param name="before">The registry before, as it was composed.</param>
    /// <param name="tokens">The prefix's paths.</param>
    /// <param name="noise">What is left out.</param>
    /// <param name="left">Gets what stays without tokens (<see cref="RegistryTokens.Tokenise(RegistryKey, ICollection{string})"/>).</param>
    /// <returns>A layer's tree with tokens. <see cref="LayerFlattening"/> adds it to the changes of earlier runs.</returns>
    /// <exception cref="WineRegistryException">A file is none of Wine's.</exception>
    public RegistryKey Since(WinePrefixRegistry before, PathTokens tokens, IEnumerable<WineNoise> noise, ICollection<string>? left = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(noise);
        var layer = new RegistryKey("");
        foreach (var root in RegistryRoots.All)
        {
            var difference = WineDifference.Between(before._files[root.Root].Value, _files[root.Root].Value, root.Root.ToString());
            if (difference is not null) layer.Add(difference);
        }

        WineNoise.Remove(layer, noise);
        return new RegistryTokens(tokens).Tokenise(layer, left);
    }

    private static string PathOf(string prefix, RegistryRoot root) => Path.Combine(prefix, RegistryRoots.Of(root).WineFile);

    // As wineserver ends it; a file that a loss of power cut short hardly does.
    private static bool EndsWithLine(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> last = stackalloc byte[1];
        return RandomAccess.GetLength(file) is > 0 and var length && RandomAccess.Read(file, last, length - 1) == 1 && last[0] == (byte)'\n';
    }

    private static Lazy<WineRegistryText> Read(RegistryRoot root, string path) =>
        new FileInfo(path).Length > RegistryTextLimits.Default.File
            ? throw WineRegistryReader.TooLong(RegistryTextLimits.Default)
            : Text(root, File.ReadAllBytes(path));

    private static Lazy<WineRegistryText> Text(RegistryRoot root, ReadOnlyMemory<byte> bytes) =>
        new(() => WineRegistryText.Read(bytes, RegistryRoots.Of(root).KernelPath));
}

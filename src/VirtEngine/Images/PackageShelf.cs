using VirtFoundation.Packages;

namespace VirtEngine.Images;

/// <summary>The packages of one image: each is looked up, downloaded and read once.</summary>
internal sealed class PackageShelf(IPackageSource source, string directory, Action<string> progress)
{
    private readonly Dictionary<string, PackageInfo?> _known = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _downloaded = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyDictionary<string, PackageFile>> _contents = new(StringComparer.Ordinal);

    /// <summary>What went into the image.</summary>
    internal IEnumerable<ImageSource> Sources => _downloaded.Keys.Select(name => new ImageSource(name, _known[name]!.Version, _known[name]!.Sha256));

    /// <summary>Whether a package was downloaded already.</summary>
    internal bool IsHere(string name) => _downloaded.ContainsKey(name);

    /// <summary>Looks a package up.</summary>
    /// <returns>Null if there is none of that name.</returns>
    internal PackageInfo? TryGet(string name, CancellationToken cancellation)
    {
        if (!_known.TryGetValue(name, out var package)) _known[name] = package = source.Find(name, cancellation);
        return package;
    }

    /// <summary>Looks a package up.</summary>
    /// <exception cref="PackageSourceException">There is none of that name.</exception>
    internal PackageInfo Get(string name, CancellationToken cancellation) => TryGet(name, cancellation)
        ?? throw new PackageSourceException($"There is no Debian package '{name}' for amd64 in the archives that apt knows. Run 'apt-get update' if its lists may be missing.");

    /// <summary>Reads the wanted files of a package by their paths. The first caller says which files a package is read for.</summary>
    internal IReadOnlyDictionary<string, PackageFile> Files(string name, Func<string, bool> wanted, CancellationToken cancellation)
    {
        if (_contents.TryGetValue(name, out var files)) return files;
        var package = Get(name, cancellation);
        progress($"Downloading {name} {package.Version}");
        string path = source.Download(package, directory, cancellation);
        _downloaded.Add(name, path);
        progress($"Reading {name}");
        var read = new Dictionary<string, PackageFile>(StringComparer.Ordinal);
        foreach (var file in DebPackage.ReadFiles(path, wanted))
        {
            cancellation.ThrowIfCancellationRequested();
            read[file.Path] = file;
        }
        _contents.Add(name, read);
        return read;
    }
}

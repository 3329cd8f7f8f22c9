using VirtEngine.Boot;
using VirtFoundation.Packages;

namespace VirtEngine.Images;

/// <summary>
/// Finds the shared libraries of a program in the packages that its package depends on, and theirs in the packages that those depend on.
/// Packages are fetched one by one, as they are needed.
/// </summary>
internal sealed class LibraryResolver(PackageShelf shelf, CancellationToken cancellation)
{
    private static readonly string[] Directories = ["lib/x86_64-linux-gnu/", "usr/lib/x86_64-linux-gnu/", "lib/", "usr/lib/", "lib64/", "usr/lib64/"];
    private const int MaximumLibraries = 500;

    private readonly SortedDictionary<string, PackageFile> _found = new(StringComparer.Ordinal);

    /// <summary>The libraries by the names under which they are loaded.</summary>
    internal IReadOnlyDictionary<string, PackageFile> Found => _found;

    /// <summary>Adds all that a program needs.</summary>
    /// <param name="program">The program.</param>
    /// <param name="package">The package that it is from.</param>
    /// <exception cref="ImageBuildException">A library is in none of the packages, or there are too many.</exception>
    internal void Add(byte[] program, string package)
    {
        foreach (string name in new ElfReader(program).ReadNeeded())
        {
            if (name.Contains('/', StringComparison.Ordinal)) throw new ImageBuildException($"A program of package '{package}' needs the library '{name}', a path.");
            if (_found.ContainsKey(name)) continue;
            if (_found.Count == MaximumLibraries) throw new ImageBuildException($"The programs need more than {MaximumLibraries} libraries; the last is '{name}' of package '{package}'.");
            var (file, owner) = Find(name, package);
            _found.Add(name, file);
            Add(file.Content, owner);
        }
    }

    private (PackageFile File, string Package) Find(string name, string user)
    {
        // What is here already costs nothing; a library's package is mostly named after it; few others hold libraries.
        string stem = name.Split(".so")[0];
        var candidates = shelf.Get(user, cancellation).Dependencies.Prepend(user).OrderBy(candidate =>
            shelf.IsHere(candidate) ? 0
            : candidate.StartsWith(stem, StringComparison.Ordinal) ? 1
            : candidate.StartsWith("lib", StringComparison.Ordinal) ? 2
            : 3).ToList();
        foreach (string candidate in candidates)
        {
            if (shelf.TryGet(candidate, cancellation) is null) continue; // a virtual package
            var files = shelf.Files(candidate, path => path.Contains(".so", StringComparison.Ordinal), cancellation);
            foreach (string directory in Directories)
                if (Resolve(files, directory + name) is { } file) return (file, candidate);
        }
        throw new ImageBuildException($"The library '{name}', which package '{user}' needs, is in none of: {string.Join(", ", candidates)}.");
    }

    private static PackageFile? Resolve(IReadOnlyDictionary<string, PackageFile> files, string path)
    {
        for (int hops = 0; hops < 8; hops++)
        {
            if (!files.TryGetValue(path, out var file)) return null;
            if (file.Link is null) return file;
            path = file.Link.StartsWith('/') ? file.Link[1..] : path[..(path.LastIndexOf('/') + 1)] + file.Link;
        }
        return null;
    }
}

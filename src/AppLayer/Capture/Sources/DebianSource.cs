using AppLayer.Capture.Trees;
using AppLayer.Files;
using VirtFoundation;
using VirtFoundation.Packages;

namespace AppLayer.Capture.Sources;

/// <summary>
/// Writes what Debian packages install into a tree. Their scripts are not run and their dependencies not fetched; both are told.
/// </summary>
/// <param name="source">Where packages come from that are given by name.</param>
/// <param name="scratch">A directory for what is fetched.</param>
/// <param name="baseRoot">The system's root directory, below which the layer will lie.</param>
internal sealed class DebianSource(IPackageSource source, string scratch, string baseRoot = "/")
{
    private static readonly string[] Scripts = ["preinst", "postinst", "prerm", "postrm", "config", "triggers"];

    // On a system with merged directories these are links into /usr; a directory in their place would hide all that is there.
    private static readonly string[] MergedDirectories = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    /// <summary>What could not be taken, with its place.</summary>
    internal IReadOnlyList<string> Problems => _problems;

    /// <summary>Writes packages.</summary>
    /// <param name="packages">Names, or files.</param>
    /// <param name="writer">Writes the tree.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">A package cannot be had, is damaged, or has what another one has too.</exception>
    internal PackageReport Write(IReadOnlyList<string> packages, TreeWriter writer, IProgress<CaptureProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            var controls = new List<ControlParagraph>();
            var scripts = new List<string>();
            var merged = FindMerged();
            long files = 0, bytes = 0;
            foreach (var package in packages)
            {
                var file = Provide(package, cancellation);
                var control = DebPackage.ReadControl(file);
                var name = control["Package"];
                controls.Add(control);
                scripts.AddRange(DebPackage.ReadControlNames(file).Where(script => Scripts.Contains(script)).Select(script => $"{name}: {script}"));
                foreach (var entry in DebPackage.ReadEntries(file))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Write(name, entry, merged, writer, cancellation);
                    files++;
                    bytes += entry.Length;
                    progress?.Report(new(CapturePhase.Collecting, files, 0, bytes));
                }
            }

            writer.Finish();
            return new()
            {
                Packages = [.. controls.Select(control => $"{control["Package"]} {control["Version"]}")],
                MissingDependencies = FindMissing(controls),
                ScriptsNotRun = scripts,
            };
        }
        catch (Exception e) when (e is PackageException or PackageSourceException)
        {
            throw new VirtException(VirtErrorCode.CaptureFailed, e.Message, e);
        }
    }

    /// <summary>What a dependency field asks for: alternatives, of which one is enough, by name without versions.</summary>
    internal static IEnumerable<string[]> Dependencies(ControlParagraph control)
    {
        foreach (var field in (string[])["Pre-Depends", "Depends"])
        {
            foreach (var dependency in control[field].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                yield return [.. dependency.Split('|', StringSplitOptions.TrimEntries).Select(NameOf)];
            }
        }
    }

    private static string NameOf(string dependency) => dependency.Split(' ', '(', ':', '[')[0];

    private string Provide(string package, CancellationToken cancellation)
    {
        if (package.Contains('/', StringComparison.Ordinal) || package.EndsWith(".deb", StringComparison.Ordinal))
        {
            return File.Exists(package) ? package : throw new VirtException(VirtErrorCode.FileNotFound, $"There is no package '{package}'.");
        }

        var found = source.Find(package, cancellation) ?? throw new VirtException(
            VirtErrorCode.CaptureFailed, $"There is no Debian package '{package}' in the archives that apt knows, or it is a virtual one: name one that provides it.");
        return source.Download(found, scratch, cancellation);
    }

    private void Write(string package, PackageEntry entry, Dictionary<string, string> merged, TreeWriter writer, CancellationToken cancellation)
    {
        var place = InMerged(entry.Path, merged);
        if (!LayerHasRoomFor(place, entry))
        {
            return;
        }

        var made = new FileEntry
        {
            Path = $"{{Root}}/{place}".TrimEnd('/'),
            Kind = entry.Kind switch
            {
                PackageEntryKind.Directory => FileKind.Directory,
                PackageEntryKind.SymbolicLink => FileKind.SymbolicLink,
                _ => FileKind.File,
            },
            Modified = entry.Modified.Year >= 1601 ? FileTime.From(entry.Modified) : default,
            Mode = entry.Kind == PackageEntryKind.SymbolicLink ? 0 : entry.Mode,
            UserId = entry.UserId,
            GroupId = entry.GroupId,
            Target = entry.Kind == PackageEntryKind.SymbolicLink ? entry.Link : null,
            Length = entry.Length,
        };
        AddParents(place, writer);
        if (entry.Kind == PackageEntryKind.Directory)
        {
            writer.AddDirectory(place, made);
            return;
        }

        if (!_owners.TryAdd(place, package) || writer.Has(place))
        {
            throw new VirtException(
                VirtErrorCode.LayerInvalid, $"'/{place}' is in the package {package} and {(_owners[place] == package ? "twice, or a directory of another" : $"in {_owners[place]}")}.");
        }

        try
        {
            switch (entry.Kind)
            {
                case PackageEntryKind.SymbolicLink:
                    writer.AddLink(place, made);
                    break;
                case PackageEntryKind.HardLink:
                    writer.AddName(place, InMerged(entry.Link!, merged));
                    break;
                default:
                    writer.AddFile(place, made, entry.Content, cancellation);
                    break;
            }
        }
        catch (IOException e)
        {
            throw new VirtException(VirtErrorCode.CaptureFailed, $"'/{place}' of the package {package} could not be written: {e.Message}", e);
        }
    }

    private bool LayerHasRoomFor(string place, PackageEntry entry)
    {
        if (entry.Kind == PackageEntryKind.Other || (place.Length == 0 && entry.Kind != PackageEntryKind.Directory) || (entry.Kind == PackageEntryKind.SymbolicLink && entry.Link is null or ""))
        {
            _problems.Add($"{{Root}}/{place}: layers have no place for what the package has here; it is left out");
            return false;
        }

        return true;
    }

    // A package need not have entries for the directories that its files are in.
    private static void AddParents(string place, TreeWriter writer)
    {
        for (var slash = place.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = place.IndexOf('/', slash + 1))
        {
            if (!writer.Has(place[..slash]))
            {
                writer.AddDirectory(place[..slash], TreeWriter.Implied($"{{Root}}/{place[..slash]}"));
            }
        }
    }

    private Dictionary<string, string> FindMerged()
    {
        var merged = new Dictionary<string, string>();
        foreach (var name in MergedDirectories)
        {
            if (new DirectoryInfo(Path.Combine(baseRoot, name)).LinkTarget?.Trim('/') is { } target && target == $"usr/{name}")
            {
                merged.Add(name, target);
            }
        }

        return merged;
    }

    private static string InMerged(string path, Dictionary<string, string> merged)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return merged.TryGetValue(slash < 0 ? path : path[..slash], out var target) ? target + (slash < 0 ? "" : path[slash..]) : path;
    }

    private string[] FindMissing(List<ControlParagraph> controls)
    {
        var there = InstalledPackages.Read(Path.Combine(baseRoot, "var/lib/dpkg/status"));
        foreach (var control in controls)
        {
            there.Add(control["Package"]);
            there.UnionWith(control["Provides"].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(NameOf));
        }

        return
        [
            .. controls.SelectMany(control => Dependencies(control)
                .Where(alternatives => !alternatives.Any(there.Contains))
                .Select(alternatives => $"{control["Package"]}: {string.Join(" | ", alternatives)}")).Distinct(),
        ];
    }
}

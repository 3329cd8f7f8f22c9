using AppLayer.Files;
using AppLayer.Registry.Stacking;
using AppLayer.Registry.Views;

namespace AppLayer.Resolution;

/// <summary>Finds where layers of a stack disagree, before it bites. What a layer changes of the base is no conflict.</summary>
public static class LayerConflicts
{
    private const string Services = @"CurrentControlSet\Services\";

    /// <summary>The conflicts, files' by path and then the registry's.</summary>
    /// <param name="layers">The layers, of one platform; the first wins.</param>
    public static IReadOnlyList<LayerConflict> Find(IReadOnlyList<ConflictLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var conflicts = new List<LayerConflict>();
        for (var lower = 1; lower < layers.Count; lower++)
        {
            for (var upper = 0; upper < lower; upper++)
            {
                CompareFiles(layers[upper], layers[lower], conflicts);
            }
        }

        conflicts.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        var registries = layers.Where(layer => layer.Registry is not null).Select(layer => new RegistryLayer(layer.Name, layer.Registry!));
        conflicts.AddRange(RegistryConflicts.Find(registries).Select(Translate));
        return conflicts;
    }

    private static void CompareFiles(ConflictLayer upper, ConflictLayer lower, List<LayerConflict> conflicts)
    {
        // What was said of a directory isn't said again of all that is in it.
        string? covered = null;
        foreach (var entry in lower.Files.Entries)
        {
            if (entry.Kind == FileKind.Whiteout || (covered is not null && entry.Path.StartsWith(covered, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            covered = null;
            if (upper.Files.TryGet(entry.Path, out var over))
            {
                if (Judge(over, entry) is var (kind, severity, message))
                {
                    conflicts.Add(new(entry.Path, null, kind, severity, upper.Name, lower.Name, $"'{upper.Name}' {message} '{lower.Name}'."));
                    covered = entry.Kind == FileKind.Directory && kind != LayerConflictKind.LetterCase ? entry.Path + "/" : null;
                }
            }
            else if (IsInOpaque(upper.Files, entry.Path))
            {
                conflicts.Add(new(entry.Path, null, LayerConflictKind.Hidden, ConflictSeverity.Error, upper.Name, lower.Name,
                    $"'{upper.Name}' has made the directory anew and hides what it has of '{lower.Name}'."));
                covered = entry.Kind == FileKind.Directory ? entry.Path + "/" : null;
            }
        }
    }

    private static bool IsInOpaque(FileTree files, string path)
    {
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (files.TryGet(path[..slash], out var directory) && directory.Opaque)
            {
                return true;
            }
        }

        return false;
    }

    private static (LayerConflictKind Kind, ConflictSeverity Severity, string Message)? Judge(FileEntry upper, FileEntry lower)
    {
        if (upper.Kind == FileKind.Whiteout)
        {
            return (LayerConflictKind.Deleted, ConflictSeverity.Error, lower.Kind == FileKind.Directory ? "deletes the directory of" : "deletes the file of");
        }

        if (upper.Kind != lower.Kind)
        {
            return (LayerConflictKind.FileKind, ConflictSeverity.Error, $"has {Words(upper.Kind)} in place of {Words(lower.Kind)} of");
        }

        var differs = upper.Kind switch
        {
            FileKind.File => upper.Length != lower.Length || upper.Content != lower.Content,
            FileKind.SymbolicLink => upper.Target != lower.Target,
            _ => false,
        };
        return differs ? (LayerConflictKind.Content, ConflictSeverity.Warning, $"has other content than")
            : upper.Path != lower.Path ? (LayerConflictKind.LetterCase, ConflictSeverity.Information, $"spells '{upper.Path}' what is '{lower.Path}' in")
            : null;
    }

    private static string Words(FileKind kind) => kind switch
    {
        FileKind.Directory => "a directory",
        FileKind.SymbolicLink => "a link",
        _ => "a file",
    };

    private static LayerConflict Translate(RegistryConflict conflict)
    {
        var isService = conflict.Path.Contains(Services, StringComparison.OrdinalIgnoreCase)
            || conflict.Path.Contains(@"ControlSet001\Services\", StringComparison.OrdinalIgnoreCase);
        var (severity, message) = conflict.Kind switch
        {
            RegistryConflictKind.Value => (isService ? ConflictSeverity.Error : ConflictSeverity.Warning,
                isService ? "configures the service in another way than" : "has other data in the value than"),
            RegistryConflictKind.ValueDeleted => (ConflictSeverity.Error, "deletes the value of"),
            RegistryConflictKind.KeyDeleted => (ConflictSeverity.Error, "deletes the key of"),
            RegistryConflictKind.KeySuperseded => (ConflictSeverity.Error, "has made the key anew and hides that of"),
            RegistryConflictKind.DeletionUndone => (ConflictSeverity.Information, "brings back what is deleted by"),
            RegistryConflictKind.Link => (ConflictSeverity.Error, "disagrees on whether the key is a link with"),
            _ => (ConflictSeverity.Information, "gives the key another class or security than"),
        };
        return new(Written(conflict.Path), conflict.Value, LayerConflictKind.Registry, severity, conflict.Upper, conflict.Lower,
            $"'{conflict.Upper}' {message} '{conflict.Lower}'.");
    }

    // A path of a layer's tree as people write it: Machine\Software is HKLM\Software.
    private static string Written(string path) =>
        path.Split('\\', 2) is [var first, .. var rest] && Enum.TryParse<RegistryRoot>(first, out var root) ? $"{new RegistryPath(root, string.Concat(rest))}" : path;
}

using AppLayer.Files;

namespace AppLayer.Store;

/// <summary>Names of a manifest's members and of the values that are words.</summary>
internal static class ManifestFields
{
    /// <summary>The members of an entry; a line has each once at the most, in this order.</summary>
    internal static readonly string[] OfEntry =
    [
        "path", "kind", "opaque", "modified", "created", "attributes", "shortName", "security", "mode", "userId", "groupId",
        "extendedAttributes", "target", "hardLink", "length", "content",
    ];

    private static readonly (FileKind Kind, string Name)[] Kinds =
    [
        (FileKind.Directory, "directory"), (FileKind.File, "file"), (FileKind.SymbolicLink, "link"), (FileKind.Whiteout, "whiteout"),
    ];

    internal static string NameOf(FileKind kind) => Array.Find(Kinds, one => one.Kind == kind).Name;

    internal static bool TryParse(string name, out FileKind kind)
    {
        var index = Array.FindIndex(Kinds, one => one.Name == name);
        kind = index < 0 ? default : Kinds[index].Kind;
        return index >= 0;
    }
}

using AppLayer.Files;

namespace AppLayer.Resolution;

/// <summary>
/// A place of a stack as overlayfs shows it: a file or link of one party, or a directory of one or more, the first of which gives its
/// attributes.
/// </summary>
internal sealed class StackNode
{
    private static readonly FileEntry Directory = new() { Path = "", Kind = FileKind.Directory };

    private StackNode(IReadOnlyList<StackMember> members) => Members = members;

    /// <summary>The parties whose file this is, the topmost first: exactly one unless it is a directory.</summary>
    internal IReadOnlyList<StackMember> Members { get; }

    /// <summary>What is seen.</summary>
    internal FileEntry Entry => Members.Count == 0 ? Directory : Members[0].File.Entry;

    internal bool IsDirectory => Entry.Kind == FileKind.Directory;

    /// <summary>The root of a stack; overlayfs looks at no marks there.</summary>
    internal static StackNode Root(IEnumerable<StackParty> parties) => new([.. parties.Select(party => new StackMember(party, new("", Directory)))]);

    /// <summary>What a directory of the stack shows under a name; null if nothing.</summary>
    internal StackNode? Child(string name)
    {
        var members = new List<StackMember>();
        foreach (var (party, file) in Members)
        {
            if (file.Entry.Kind != FileKind.Directory || party.Files.Find(file.Place, name) is not { } found)
            {
                continue;
            }

            var isDirectory = found.Entry.Kind == FileKind.Directory;
            if (isDirectory || (members.Count == 0 && found.Entry.Kind != FileKind.Whiteout))
            {
                members.Add(new(party, found));
            }

            if (!isDirectory || found.Entry.Opaque)
            {
                break;
            }
        }

        return members.Count == 0 ? null : new(members);
    }

    /// <summary>The names that a directory of the stack shows.</summary>
    internal IEnumerable<string> Names(StringComparer comparer) => Members
        .SelectMany(member => member.Party.Files.NamesIn(member.File.Place)).Distinct(comparer).Where(name => Child(name) is not null);

    /// <summary>What is at a place below; null if nothing.</summary>
    internal StackNode? Find(string place)
    {
        StackNode? node = this;
        foreach (var part in Place.Parts(place))
        {
            node = node?.Child(part);
        }

        return node;
    }
}

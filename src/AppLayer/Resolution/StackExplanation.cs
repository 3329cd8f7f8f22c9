using AppLayer.Files;

namespace AppLayer.Resolution;

/// <summary>Says what every party of a stack has to do with a place.</summary>
internal static class StackExplanation
{
    /// <summary>The parties' parts, in their order.</summary>
    internal static List<ResolutionParty> Of(IEnumerable<StackParty> parties, string place)
    {
        var parts = Place.Parts(place);
        var explained = new List<ResolutionParty>();

        // From this depth on, what the parties below have isn't seen; depth counts parts.
        var (cut, cutBy) = (int.MaxValue, "");
        var directories = 0;
        var isGiven = false;
        foreach (var party in parties)
        {
            var (role, reason, cutsAt) = Judge(party, parts, cut, cutBy, directories, isGiven, out var reached);
            explained.Add(new(party.Name, party.Kind, role, reason));
            isGiven |= role == PartyRole.Gives;
            directories = Math.Max(directories, Math.Min(reached, cut - 1));
            if (cutsAt < cut)
            {
                (cut, cutBy) = (cutsAt, party.Name);
            }
        }

        return explained;
    }

    /// <param name="party">Who is judged.</param>
    /// <param name="parts">The path.</param>
    /// <param name="cut">The depth from which on a party above hides it.</param>
    /// <param name="cutBy">That party.</param>
    /// <param name="directories">How deep the parties above have directories on the path.</param>
    /// <param name="isGiven">Whether a party above gives it.</param>
    /// <param name="reached">How deep this one has.</param>
    private static (PartyRole Role, string Reason, int CutsAt) Judge(
        StackParty party, string[] parts, int cut, string cutBy, int directories, bool isGiven, out int reached)
    {
        var (at, cutsAt) = ("", int.MaxValue);
        reached = 0;
        for (var depth = 1; depth <= parts.Length; depth++)
        {
            if (party.Files.Find(at, parts[depth - 1]) is not { } found)
            {
                return cutsAt < depth
                    ? (PartyRole.Blocks, $"its directory '{Shown(parts, cutsAt)}' was made anew and has nothing of it", cutsAt)
                    : (PartyRole.Absent, "it has nothing there", cutsAt);
            }

            at = found.Place;
            var isLast = depth == parts.Length;
            switch (found.Entry)
            {
                case { Kind: FileKind.Whiteout } when depth >= cut:
                    return (PartyRole.Absent, "it deletes what is deleted or hidden already", int.MaxValue);
                case { Kind: FileKind.Whiteout }:
                    return (PartyRole.Deletes, isLast ? "it deletes it" : $"it deletes '{Shown(parts, depth)}'", depth);
                case { Kind: FileKind.Directory } directory:
                    reached = depth;
                    cutsAt = directory.Opaque ? Math.Min(cutsAt, depth) : cutsAt;
                    break;
                default:
                    var isHidden = depth >= cut || depth <= directories;
                    return isLast
                        ? isHidden ? (PartyRole.Hidden, HiddenBy(), depth) : (PartyRole.Gives, $"its {Words(found.Entry)} is the topmost", depth)
                        : isHidden ? (PartyRole.Absent, "it has nothing there", depth)
                        : (PartyRole.Blocks, $"it has a {Words(found.Entry)} at '{Shown(parts, depth)}'", depth);
            }
        }

        return cut <= parts.Length ? (PartyRole.Hidden, HiddenBy(), cutsAt)
            : isGiven ? (PartyRole.Adds, cutsAt < int.MaxValue ? "its directory is merged, and hides those below" : "its directory is merged", cutsAt)
            : (PartyRole.Gives, cutsAt < int.MaxValue ? "its directory is the topmost, and hides those below" : "its directory is the topmost", cutsAt);

        string HiddenBy() => cut <= parts.Length ? $"'{cutBy}' hides it" : "a directory above hides it";
    }

    private static string Shown(string[] parts, int depth) => string.Join('/', parts[..depth]);

    private static string Words(FileEntry entry) => entry.Kind == FileKind.SymbolicLink ? $"link to '{entry.Target}'" : "file";
}

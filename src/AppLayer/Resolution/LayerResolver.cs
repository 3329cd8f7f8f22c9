using AppLayer.Files;
using VirtFoundation;
using VirtSpecs;

namespace AppLayer.Resolution;

/// <summary>Tells which party of a view gives a file, where that lies on the host, where a change would go, and why.</summary>
internal sealed class LayerResolver(ViewPlan plan)
{
    private static readonly FileEntry Unseen = new() { Path = "", Kind = FileKind.Directory };

    private readonly StringComparer _comparer = FileTree.ComparerOf(plan.Platform);

    /// <summary>What an application sees at a path.</summary>
    /// <param name="path">A path below a known root, or an absolute one as the application writes it.</param>
    /// <param name="openLink">Whether a link at the end is asked for itself.</param>
    /// <exception cref="VirtException">It is no path in the view, or its links go in a circle.</exception>
    internal PathResolution Resolve(string path, bool openLink = false) => ResolvePlace(path, Place.Parse(path, plan.Platform), openLink);

    /// <summary>What an application sees at a place.</summary>
    internal PathResolution ResolvePlace(string path, string place, bool openLink = false)
    {
        var followed = ViewLinks.Follow(place, Look, isPrefix: plan.Platform == LayerPlatform.Windows, openLink)
            ?? throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{path}' is a link that leads round in a circle.");
        return followed.Outside is null ? Answer(path, followed) : new()
        {
            Path = path,
            Place = followed.Place,
            Mode = IsolationMode.PassThrough,
            Exists = System.IO.Path.Exists(followed.Outside),
            Winner = "host",
            WinnerKind = PartyKind.Base,
            ReadPath = followed.Outside,
            WritePath = followed.Outside,
            WriterKind = PartyKind.Base,
            Links = followed.Links,
        };
    }

    /// <summary>The names that an application sees in a directory, no link on the way followed.</summary>
    internal IEnumerable<string> Names(string place)
    {
        var region = plan.RegionOf(place);
        var names = region.HostPath is { } host
            ? new LiveFiles(host, plan.Platform).NamesIn(Below(region, place))
            : StackNode.Root(region.Parties).Find(place)?.Names(_comparer) ?? [];
        var mounted = plan.Regions.Where(other => other.Place.Length > place.Length
            && Place.IsWithin(other.Place, place, Place.ComparisonOf(plan.Platform))).Select(other => Place.Parts(other.Place)[Place.Parts(place).Length]);
        return names.Concat(mounted).Distinct(_comparer);
    }

    private (string Place, FileEntry Entry)? Look(string place)
    {
        var region = plan.RegionOf(place);
        if (region.HostPath is { } host)
        {
            return new LiveFiles(host, plan.Platform).Find(Below(region, Place.Parent(place)), Below(region, place) is "" ? "" : Place.Name(place)) is { } live
                ? (place, live.Entry)
                : null;
        }

        var node = StackNode.Root(region.Parties).Find(place);
        return node is not null && (node.IsDirectory || region.Place != place) ? (node.Members[0].File.Place, node.Entry)
            : region.Place == place || plan.HasRegionBelow(place) ? (place, Unseen)
            : null;
    }

    private PathResolution Answer(string path, FollowedPlace followed)
    {
        var place = followed.Place;
        var region = plan.RegionOf(place);
        var found = Look(place);
        if (region.HostPath is { } host)
        {
            var at = Place.On(host, Below(region, place));
            var role = found is null ? PartyRole.Absent : PartyRole.Gives;
            return new()
            {
                Path = path, Place = place, Mode = region.Mode, Exists = found is not null, Links = followed.Links, Entry = found?.Entry,
                Winner = found is null ? null : ViewPlan.BaseName, WinnerKind = found is null ? null : PartyKind.Base,
                ReadPath = found is null ? null : at, WritePath = region.IsReadOnly ? null : at, WriterKind = region.IsReadOnly ? null : PartyKind.Base,
                Parties = [.. plan.Parties.Select(party => party.Kind == PartyKind.Base
                    ? new ResolutionParty(party.Name, party.Kind, role, $"it is shown as it is: '{host}'")
                    : new ResolutionParty(party.Name, party.Kind, PartyRole.LeftOut, Reason(region)))],
            };
        }

        var node = StackNode.Root(region.Parties).Find(place);
        var winner = found is null ? null : node?.Members[0].Party ?? region.Parties[0];
        var owner = region.Parties[0];
        return new()
        {
            Path = path,
            Place = place,
            Mode = region.Mode,
            Exists = found is not null,
            Winner = winner?.Name,
            WinnerKind = winner?.Kind,
            Entry = found?.Entry,
            ReadPath = winner is null ? null : Place.On(winner.Directory, winner.Files.PlaceOnDisk(node?.Members[0].File.Place ?? place)),
            WritePath = Place.On(owner.Directory, place),
            WriterKind = owner.Kind,
            Links = followed.Links,
            Parties = Explain(region, place),
        };
    }

    private List<ResolutionParty> Explain(ViewRegion region, string place)
    {
        var taking = StackExplanation.Of(region.Parties, place).Zip(region.Parties).ToDictionary(pair => pair.Second, pair => pair.First);
        return [.. plan.Parties.Select(party => taking.GetValueOrDefault(party)
            ?? new ResolutionParty(party.Name, party.Kind, PartyRole.LeftOut, Reason(region)))];
    }

    private static string Reason(ViewRegion region) => region switch
    {
        { IsReadOnly: true } => $"another file is mounted at '/{region.Place}' of the system, and seen",
        { Mode: IsolationMode.PassThrough } => $"the rule for '{region.Place}' passes the system through",
        { Mode: IsolationMode.Hide } => $"the rule for '{region.Place}' hides the system",
        { Mode: IsolationMode.Data } => $"the rule for '{region.Place}' has changes go to the data layer",
        _ => "no rule keeps what is written here over a reset",
    };

    private static string Below(ViewRegion region, string place) => place.Length <= region.Place.Length ? "" : place[region.Place.Length..].TrimStart('/');
}

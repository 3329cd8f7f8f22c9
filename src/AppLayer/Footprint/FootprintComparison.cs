using System.Globalization;
using System.Text;
using AppLayer.Registry;
using AppLayer.Registry.Views;
using VirtFoundation;

namespace AppLayer.Footprint;

/// <summary>Compares two snapshots of the same places.</summary>
public static class FootprintComparison
{
    /// <summary>What is not as it was, in the order of places.</summary>
    /// <param name="before">The earlier snapshot.</param>
    /// <param name="after">The later one.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="VirtException">They are of different places, or cannot be read.</exception>
    /// <exception cref="FootprintException">One is damaged.</exception>
    public static Task<IReadOnlyList<FootprintChange>> CompareAsync(
        FootprintSnapshot before, FootprintSnapshot after, IProgress<FootprintProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return Task.Run<IReadOnlyList<FootprintChange>>(() => Compare(before, after, progress, cancellation), cancellation);
    }

    /// <summary>
    /// Takes away what a control run changes by itself: changes of the same kind at the same place. What they changed to is no matter, as
    /// times and counters differ from run to run.
    /// </summary>
    /// <param name="changes">The changes of the run in question.</param>
    /// <param name="control">The changes of a run without any layer.</param>
    public static IReadOnlyList<FootprintChange> Subtract(IEnumerable<FootprintChange> changes, IEnumerable<FootprintChange> control)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(control);
        var known = control.Select(change => (change.Kind, change.Place)).ToHashSet();
        return [.. changes.Where(change => !known.Contains((change.Kind, change.Place)))];
    }

    /// <summary>A file's full path, as text.</summary>
    internal static string PlaceOf(FootprintPlace place, ObservedFile file) =>
        file.Path.Length == 0 ? place.Path : $"{place.Path.TrimEnd('/')}/{ByteText.ToText(file.Path)}";

    /// <summary>Gives the records of two snapshots side by side: those of the same thing together, others alone.</summary>
    internal static void Pair(
        SnapshotReader before, SnapshotReader after, Action<SnapshotRecord?, SnapshotRecord?> visit, CancellationToken cancellation)
    {
        if (!before.Places.SequenceEqual(after.Places))
        {
            throw new VirtException(
                VirtErrorCode.ParameterInvalid,
                $"The snapshots are of different places: {Describe(before.Places)} and {Describe(after.Places)}.");
        }

        var (old, current) = (before.MoveNext(), after.MoveNext());
        while (old || current)
        {
            cancellation.ThrowIfCancellationRequested();
            var order = !old ? 1 : !current ? -1 : SnapshotRecord.Compare(before.Current, after.Current);
            visit(order <= 0 ? before.Current : null, order >= 0 ? after.Current : null);
            old = order <= 0 ? before.MoveNext() : old;
            current = order >= 0 ? after.MoveNext() : current;
        }

        static string Describe(IEnumerable<FootprintPlace> places) => string.Join(", ", places.Select(place =>
            place.Path + (place.Excluded.Count == 0 ? "" : $" (without {string.Join(", ", place.Excluded)})") + (place.IsWinePrefix ? " with its registry" : "")));
    }

    private static List<FootprintChange> Compare(
        FootprintSnapshot before, FootprintSnapshot after, IProgress<FootprintProgress>? progress, CancellationToken cancellation)
    {
        using var old = FootprintSnapshot.OpenReader(before.Path);
        using var current = FootprintSnapshot.OpenReader(after.Path);
        var changes = new List<FootprintChange>();
        long entries = 0;
        Pair(old, current, (left, right) =>
        {
            var place = old.Places[(left ?? right)!.Value.Place];
            new Comparer(changes, current.Header.HostName, place).Compare(left?.Entry, right?.Entry);
            if (++entries % 10_000 == 0)
            {
                progress?.Report(new(place.Path, entries, 0));
            }
        }, cancellation);
        return changes;
    }

    private readonly struct Comparer(List<FootprintChange> changes, string hostName, FootprintPlace place)
    {
        internal void Compare(object? before, object? after)
        {
            switch (before ?? after)
            {
                case ObservedFile:
                    CompareFiles((ObservedFile?)before, (ObservedFile?)after);
                    break;
                case ObservedKey:
                    CompareKeys((ObservedKey?)before, (ObservedKey?)after);
                    break;
                default:
                    CompareValues((ObservedValue?)before, (ObservedValue?)after);
                    break;
            }
        }

        private void CompareFiles(ObservedFile? before, ObservedFile? after)
        {
            var where = PlaceOf(place, (before ?? after)!);
            if (before?.Kind != after?.Kind)
            {
                AddIf(before is not null, FootprintChangeKind.Removed, where, Describe(before), null);
                AddIf(after is not null, FootprintChangeKind.Added, where, null, Describe(after));
                return;
            }

            var (old, current) = (before!, after!);
            var isContentOther = old.Length != current.Length
                || (old.Content is { } first && current.Content is { } second && first != second);
            AddIf(isContentOther, FootprintChangeKind.Content, where, Describe(old), Describe(current));
            AddIf(old.Attributes != current.Attributes, FootprintChangeKind.Attributes, where, Hexadecimal(old.Attributes), Hexadecimal(current.Attributes));
            AddIf(old.Modified != current.Modified, FootprintChangeKind.Time, where, Time(old.Modified), Time(current.Modified));
            AddIf(!old.Target.AsSpan().SequenceEqual(current.Target), FootprintChangeKind.Link, where, Describe(old), Describe(current));
            AddIf(old.Links != current.Links, FootprintChangeKind.Link, where, Names(old), Names(current));
            AddIf(old.Mode != current.Mode, FootprintChangeKind.Mode, where, Octal(old.Mode), Octal(current.Mode));
            AddIf((old.UserId, old.GroupId) != (current.UserId, current.GroupId), FootprintChangeKind.Owner, where, Owner(old), Owner(current));
            if (!old.ExtendedAttributes.SequenceEqual(current.ExtendedAttributes))
            {
                var names = old.ExtendedAttributes.Except(current.ExtendedAttributes).Concat(current.ExtendedAttributes.Except(old.ExtendedAttributes))
                    .Select(attribute => attribute.Name).ToHashSet();
                AddIf(true, FootprintChangeKind.ExtendedAttribute, where, Attributes(old, names), Attributes(current, names));
            }
        }

        private void CompareKeys(ObservedKey? before, ObservedKey? after)
        {
            var where = RegistryPlace((before ?? after)!.Path);
            AddIf(before is null, FootprintChangeKind.KeyAdded, where, null, "key");
            AddIf(after is null, FootprintChangeKind.KeyRemoved, where, "key", null);
            AddIf(
                before is not null && after is not null && (before.Class, before.IsLink) != (after.Class, after.IsLink),
                FootprintChangeKind.KeyAttributes, where, Describe(before), Describe(after));

            static string Describe(ObservedKey? key) => $"{(key?.IsLink == true ? "link" : "key")} of class '{key?.Class}'";
        }

        private void CompareValues(ObservedValue? before, ObservedValue? after)
        {
            var value = (before ?? after)!;
            var where = $"{RegistryPlace(value.Key)} [{value.Name}]";
            AddIf(before is null, FootprintChangeKind.ValueAdded, where, null, after is null ? null : Describe(after));
            AddIf(after is null, FootprintChangeKind.ValueRemoved, where, before is null ? null : Describe(before), null);
            if (before is not null && after is not null)
            {
                AddIf(before.Type != after.Type, FootprintChangeKind.ValueType, where, before.Type.ToString(), after.Type.ToString());
                AddIf(before.Digest != after.Digest, FootprintChangeKind.ValueData, where, Describe(before), Describe(after));
            }
        }

        private string RegistryPlace(string path)
        {
            var slash = path.IndexOf('\\', StringComparison.Ordinal) is >= 0 and var found ? found : path.Length;
            return Enum.TryParse<RegistryRoot>(path.AsSpan(0, slash), out var root)
                ? $"{place.Path}: {new RegistryPath(root, path[Math.Min(path.Length, slash + 1)..])}"
                : $"{place.Path}: {path}";
        }

        private void AddIf(bool isChange, FootprintChangeKind kind, string where, string? before, string? after)
        {
            if (isChange)
            {
                changes.Add(new() { HostName = hostName, Kind = kind, Place = where, Before = before, After = after });
            }
        }

        private static string? Describe(ObservedFile? file) => file?.Kind switch
        {
            null => null,
            ObservedKind.File when file.Content is { } content => string.Create(CultureInfo.InvariantCulture, $"file of {file.Length} bytes, SHA-256 {content}"),
            ObservedKind.File => string.Create(CultureInfo.InvariantCulture, $"file of {file.Length} bytes"),
            ObservedKind.SymbolicLink => $"link to {ByteText.ToText(file.Target)}",
            ObservedKind.CharacterDevice or ObservedKind.BlockDevice =>
                string.Create(CultureInfo.InvariantCulture, $"{file.Kind} {file.Length >> 32}:{(uint)file.Length}"),
            _ => file.Kind.ToString().ToLowerInvariant(),
        };

        private static string Describe(ObservedValue value)
        {
            var data = value.Type is RegistryValueType.String or RegistryValueType.ExpandString or RegistryValueType.MultiString or RegistryValueType.Link
                ? Encoding.Unicode.GetString(value.Start).Replace('\0', ' ').TrimEnd()
                : Convert.ToHexStringLower(value.Start);
            return string.Create(CultureInfo.InvariantCulture, $"{value.Type}, {value.Length} bytes: {data}{(value.Length > value.Start.Length ? "…" : "")}");
        }

        private static string Hexadecimal(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

        private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

        private static string Owner(ObservedFile file) => string.Create(CultureInfo.InvariantCulture, $"{file.UserId}:{file.GroupId}");

        private static string Names(ObservedFile file) => string.Create(CultureInfo.InvariantCulture, $"{file.Links} names");

        private static string Time(long nanoseconds)
        {
            const long PerTick = 100;
            var ticks = nanoseconds / PerTick;
            return ticks > (DateTime.MaxValue - DateTime.UnixEpoch).Ticks || ticks < -DateTime.UnixEpoch.Ticks
                ? string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns")
                : DateTime.UnixEpoch.AddTicks(ticks).ToString("yyyy-MM-dd HH:mm:ss.fffffff", CultureInfo.InvariantCulture)
                    + string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(nanoseconds % PerTick):00} UTC");
        }

        private static string Attributes(ObservedFile file, HashSet<string> names) => string.Join(
            ", ", file.ExtendedAttributes.Where(attribute => names.Contains(attribute.Name))
                .Select(attribute => $"{attribute.Name} ({attribute.Value.ToString()[..8]})")) is { Length: > 0 } text ? text : "none";
    }
}

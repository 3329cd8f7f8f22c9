using AppLayer.Registry;
using VirtFoundation;
using VirtFoundation.Store;

namespace AppLayer.Footprint;

/// <summary>What stood at some places at one moment, in a file: taken before, it can be compared with one taken after.</summary>
public sealed record FootprintSnapshot
{
    /// <summary>Full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The computer that it was taken on.</summary>
    public required string HostName { get; init; }

    /// <summary>When it was begun, in UTC.</summary>
    public required DateTime Taken { get; init; }

    /// <summary>The places, in order.</summary>
    public required IReadOnlyList<FootprintPlace> Places { get; init; }

    /// <summary>Files, keys and values.</summary>
    public required long Entries { get; init; }

    /// <summary>Bytes of the files.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files and directories that could not be looked into: what is in them is not compared. The first hundred, each with why.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>
    /// Takes a snapshot: names, kinds, contents' digests, times, links, modes, owners, attributes and extended attributes of files; names,
    /// types and data of a Wine prefix's registry. What changes while it is taken may be seen before or after. The memory that it needs is
    /// that of the largest directory and registry file.
    /// </summary>
    /// <param name="places">The places; none in another.</param>
    /// <param name="file">The file to write, which only its owner can read. It is there whole or not at all.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellation">Ends it; no file is left.</param>
    /// <exception cref="VirtException">A place cannot be looked at, or the file cannot be written.</exception>
    public static Task<FootprintSnapshot> TakeAsync(
        IEnumerable<FootprintPlace> places, string file, IProgress<FootprintProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(() => Take([.. places], file, DigestRule.All, progress, cancellation), cancellation);

    /// <summary>Opens a snapshot that was taken before, and checks that it is whole.</summary>
    /// <exception cref="FootprintException">It is damaged, or no snapshot.</exception>
    /// <exception cref="VirtException">It cannot be read, or a newer version wrote it.</exception>
    public static Task<FootprintSnapshot> OpenAsync(string file, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using var reader = OpenReader(file);
            var counts = new Counts();
            while (reader.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                counts.Add(reader.Places, reader.Current);
            }

            return counts.ToSnapshot(file, reader.Header, reader.Places);
        },
        cancellation);

    internal static FootprintSnapshot Take(
        IReadOnlyList<FootprintPlace> places, string file, DigestRule digests, IProgress<FootprintProgress>? progress, CancellationToken cancellation,
        IFileOperations? operations = null)
    {
        CheckApart(places);
        var files = operations ?? FileOperations.Instance;
        var path = System.IO.Path.GetFullPath(file);
        var temporary = path + ".new";
        var header = new SnapshotHeader
        {
            FormatVersion = SnapshotHeader.CurrentVersion,
            HostName = Environment.MachineName,
            Taken = DateTime.UtcNow,
            Places = [.. places.Select(place => new SnapshotHeader.Place(place.Path, place.Excluded, place.IsWinePrefix))],
        };
        try
        {
            var counts = new Counts();
            using (var stream = files.Create(temporary))
            {
                using var writer = new SnapshotWriter(block => files.Write(stream, block), header);
                for (var place = 0; place < places.Count; place++)
                {
                    Take(place, writer, counts);
                }

                writer.End();
                files.Flush(stream);
            }

            files.Rename(temporary, path);
            files.FlushDirectory(System.IO.Path.GetDirectoryName(path)!);
            return counts.ToSnapshot(path, header, places);
        }
        catch (Exception e)
        {
            Leftover.Remove(temporary);
            if (e is IOException or UnauthorizedAccessException)
            {
                throw VirtException.Storage($"The snapshot '{file}' cannot be taken", e);
            }

            throw;
        }

        void Take(int number, SnapshotWriter writer, Counts counts)
        {
            var place = places[number];
            DirectoryWalk.Create().Run(place, digests, observed =>
            {
                Write(new(number, place.IsWinePrefix ? WithoutRegistry(observed) : observed));
                if (counts.Entries % 1000 == 0)
                {
                    progress?.Report(new(place.Path, counts.Entries, counts.Bytes));
                }
            }, cancellation);
            if (place.IsWinePrefix)
            {
                foreach (var root in WineRegistryPlace.Read(place.Path).Subkeys.OrderBy(key => key.Name, NameComparer))
                {
                    TakeKey(root, root.Name);
                }
            }

            progress?.Report(new(place.Path, counts.Entries, counts.Bytes));

            void TakeKey(RegistryKey key, string path)
            {
                cancellation.ThrowIfCancellationRequested();
                Write(new(number, new ObservedKey(path, key.Class, key.IsLink)));
                foreach (var value in key.Values.OrderBy(value => value.Name, NameComparer))
                {
                    Write(new(number, ObservedValue.Of(path, value)));
                }

                foreach (var subkey in key.Subkeys.OrderBy(subkey => subkey.Name, NameComparer))
                {
                    TakeKey(subkey, $@"{path}\{subkey.Name}");
                }
            }

            void Write(SnapshotRecord record)
            {
                writer.Write(record);
                counts.Add(places, record);
            }
        }
    }

    internal static SnapshotReader OpenReader(string file)
    {
        try
        {
            return new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, $"There is no snapshot '{file}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"The snapshot '{file}' cannot be read", e);
        }
    }

    private static readonly Comparer<string> NameComparer = Comparer<string>.Create(SnapshotRecord.CompareNames);

    // A place in another would be told of twice, and which one a change is subtracted from would be chance.
    private static void CheckApart(IReadOnlyList<FootprintPlace> places)
    {
        foreach (var place in places)
        {
            foreach (var other in places.Where(other => !ReferenceEquals(other, place)))
            {
                if (other.Path == place.Path || (other.Path.StartsWith(place.Path.TrimEnd('/') + '/', StringComparison.Ordinal)
                    && !place.Excluded.Any(excluded => excluded == other.Path || other.Path.StartsWith(excluded + '/', StringComparison.Ordinal))))
                {
                    throw new VirtException(
                        VirtErrorCode.ParameterInvalid, $"The place '{other.Path}' is in the place '{place.Path}' already; name one, or leave the other out of it.");
                }
            }
        }
    }

    // What wineserver writes at each end is no content: the keys are.
    private static ObservedFile WithoutRegistry(ObservedFile file) =>
        file.Kind == ObservedKind.File && Array.Exists(WineRegistryPlace.Files, registry => file.Path.AsSpan().SequenceEqual(System.Text.Encoding.UTF8.GetBytes(registry.File)))
            ? new()
            {
                Path = file.Path,
                Kind = file.Kind,
                Mode = file.Mode,
                UserId = file.UserId,
                GroupId = file.GroupId,
                Attributes = file.Attributes,
                Links = file.Links,
                ExtendedAttributes = file.ExtendedAttributes,
                Unreadable = file.Unreadable,
            }
            : file;

    private sealed class Counts
    {
        private const int MostUnreadable = 100;

        private readonly List<string> _unreadable = [];

        internal long Entries { get; private set; }

        internal long Bytes { get; private set; }

        internal void Add(IReadOnlyList<FootprintPlace> places, in SnapshotRecord record)
        {
            Entries++;
            if (record.Entry is ObservedFile { } file)
            {
                Bytes += file.Kind == ObservedKind.File ? (long)file.Length : 0;
                if (file.Unreadable is { } why && _unreadable.Count < MostUnreadable)
                {
                    _unreadable.Add($"{FootprintComparison.PlaceOf(places[record.Place], file)}: {why}");
                }
            }
        }

        internal FootprintSnapshot ToSnapshot(string path, SnapshotHeader header, IReadOnlyList<FootprintPlace> places) => new()
        {
            Path = System.IO.Path.GetFullPath(path),
            HostName = header.HostName,
            Taken = header.Taken,
            Places = places,
            Entries = Entries,
            Bytes = Bytes,
            Unreadable = _unreadable,
        };
    }
}

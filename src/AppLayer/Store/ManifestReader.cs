using System.Text.Json;
using AppLayer.Files;
using VirtSpecs;

namespace AppLayer.Store;

/// <summary>Reads a manifest, which may come from anywhere.</summary>
internal ref struct ManifestReader
{
    private const int LongestLine = 1 << 24, LongestTarget = 4096, LongestXattrName = 255, MostXattrs = 4096, LargestMode = 0xfff, MostShortName = 12;
    private const int SmallestLine = 20;

    private readonly ReadOnlySpan<byte> _manifest;
    private int _line;
    private int _end;

    internal ManifestReader(ReadOnlySpan<byte> manifest) => _manifest = manifest;

    internal FileTree Read()
    {
        if (_manifest.Length > Manifest.Largest)
        {
            throw new ManifestException(0, "length", $"{_manifest.Length} bytes are more than {Manifest.Largest}");
        }

        NextLine();
        var (platform, count) = ReadHead();
        if (count > _manifest.Length / SmallestLine)
        {
            throw new ManifestException(0, "entries", $"{count} entries do not fit into {_manifest.Length} bytes");
        }

        var entries = new List<FileEntry>(count);
        var places = new Dictionary<string, int>(count, StringComparer.Ordinal);
        var offsets = new int[count];
        while (entries.Count < count)
        {
            NextLine();
            offsets[entries.Count] = _line;
            var entry = ReadEntry(entries.Count == 0 ? null : entries[^1].Path);
            var place = ManifestPaths.PlaceOf(entry.Path, platform, out var problem) ?? throw Fault("path", problem!);
            places.Add(place, entries.Count);
            entries.Add(entry);
        }

        if (_end != _manifest.Length)
        {
            throw new ManifestException(_end, "entries", $"there is more than the {count} that the first line names");
        }

        CheckParents(entries, places, offsets);
        CheckHardLinks(entries, offsets);
        return new(platform, entries);
    }

    private readonly ManifestException Fault(string field, string problem) => new(_line, field, problem);

    private void NextLine()
    {
        _line = _end;
        var length = _manifest[_line..].IndexOf((byte)'\n');
        if (length < 0)
        {
            throw new ManifestException(_line, "line", "the manifest is cut off");
        }

        if (length > LongestLine)
        {
            throw new ManifestException(_line, "line", $"it has {length} bytes, more than {LongestLine}");
        }

        _end = _line + length + 1;
    }

    private readonly Utf8JsonReader Open(out ManifestField field)
    {
        field = new() { Line = _line, Name = "line" };
        var reader = new Utf8JsonReader(_manifest[_line..(_end - 1)], new JsonReaderOptions { MaxDepth = 2 });
        field.Step(ref reader);
        field.Require(reader.TokenType == JsonTokenType.StartObject, ref reader, "it is no object");
        return reader;
    }

    private readonly (LayerPlatform Platform, int Count) ReadHead()
    {
        var reader = Open(out var field);
        field.Enter(ref reader, "format");
        field.Require(field.Text(ref reader, Manifest.Format.Length) == Manifest.Format, ref reader, $"it is not '{Manifest.Format}'");
        field.Enter(ref reader, "formatVersion");
        var version = field.Number(ref reader, int.MaxValue);
        field.Require(version == Manifest.Version, ref reader,
            version > Manifest.Version ? $"{version} is newer than {Manifest.Version}, which this version of VirtTools knows" : $"there is no version {version}");
        field.Enter(ref reader, "platform");
        var platform = field.Text(ref reader, 16) switch
        {
            "windows" => LayerPlatform.Windows,
            "linux" => LayerPlatform.Linux,
            var other => throw field.Fault(ref reader, $"'{other}' is no platform"),
        };
        field.Enter(ref reader, "entries");
        var count = (int)field.Number(ref reader, Manifest.Largest);
        field.Leave(ref reader);
        return (platform, count);
    }

    private readonly FileEntry ReadEntry(string? before)
    {
        var reader = Open(out var field);
        field.Enter(ref reader, "path");
        var entry = new FileEntry { Path = field.Text(ref reader, ManifestPaths.Longest), Kind = default };
        field.Require(before is null || string.CompareOrdinal(before, entry.Path) < 0, ref reader, "it is not behind the one before it in order");
        field.Enter(ref reader, "kind");
        var word = field.Text(ref reader, 16);
        field.Require(ManifestFields.TryParse(word, out var kind), ref reader, $"'{word}' is no kind");
        entry = entry with { Kind = kind };
        var last = 1;
        var (hasContent, hasLength) = (false, false);
        while (field.TryEnter(ref reader))
        {
            var number = Array.IndexOf(ManifestFields.OfEntry, field.Name);
            field.Require(number > last, ref reader, number < 0 ? "there is no such member" : "it is there twice or out of its order");
            last = number;
            switch (field.Name)
            {
                case "opaque":
                    field.Require(kind == FileKind.Directory && reader.TokenType == JsonTokenType.True, ref reader, "only a directory can be opaque");
                    entry = entry with { Opaque = true };
                    break;
                case "modified": entry = entry with { Modified = new(field.Number(ref reader, ulong.MaxValue)) }; break;
                case "created": entry = entry with { Created = new(field.Number(ref reader, ulong.MaxValue)) }; break;
                case "attributes": entry = entry with { Attributes = (FileAttributes)field.Number(ref reader, int.MaxValue) }; break;
                case "shortName": entry = entry with { ShortName = field.Text(ref reader, MostShortName) }; break;
                case "security": entry = entry with { Security = field.Bytes(ref reader) }; break;
                case "mode": entry = entry with { Mode = (int)field.Number(ref reader, LargestMode) }; break;
                case "userId": entry = entry with { UserId = (uint)field.Number(ref reader, uint.MaxValue) }; break;
                case "groupId": entry = entry with { GroupId = (uint)field.Number(ref reader, uint.MaxValue) }; break;
                case "extendedAttributes": entry = entry with { ExtendedAttributes = ReadAttributes(ref field, ref reader) }; break;
                case "target":
                    entry = entry with { Target = field.Text(ref reader, LongestTarget) };
                    field.Require(entry.Target.Length > 0 && !entry.Target.Contains('\0', StringComparison.Ordinal), ref reader, "no link has this text");
                    break;
                case "hardLink": entry = entry with { HardLink = (int)field.Number(ref reader, int.MaxValue) }; break;
                case "length":
                    entry = entry with { Length = (long)field.Number(ref reader, long.MaxValue) };
                    hasLength = true;
                    break;
                case "content":
                    field.Require(ContentDigest.TryParse(field.Text(ref reader, 2 * ContentDigest.Length), out var content), ref reader, "it is no digest");
                    entry = entry with { Content = content };
                    hasContent = true;
                    break;
            }
        }

        field.Require(hasContent == (kind == FileKind.File) && hasLength == hasContent, ref reader, "a file, and nothing else, has length and content");
        field.Require(entry.HardLink == 0 || kind == FileKind.File, ref reader, "only files have hard links");
        field.Require(entry.Target is not null == (kind == FileKind.SymbolicLink), ref reader, "a link, and nothing else, has a target");
        field.Require(kind != FileKind.Whiteout || last == 1, ref reader, "a whiteout has only its path");
        field.End(ref reader);
        return entry;
    }

    private static List<ExtendedAttribute> ReadAttributes(ref ManifestField field, ref Utf8JsonReader reader)
    {
        field.Require(reader.TokenType == JsonTokenType.StartObject, ref reader, "it is no object");
        var attributes = new List<ExtendedAttribute>();
        while (field.Step(ref reader) == JsonTokenType.PropertyName)
        {
            var name = field.Text(ref reader, LongestXattrName);
            field.Require(name.StartsWith("user.", StringComparison.Ordinal) || name == "security.capability", ref reader, $"'{name}' has no place in a layer");
            field.Require(!name.StartsWith("user.overlay.", StringComparison.Ordinal) && !name.Contains('\0', StringComparison.Ordinal), ref reader,
                $"'{name}' has no place in a layer");
            field.Require(attributes.Count == 0 || string.CompareOrdinal(attributes[^1].Name, name) < 0, ref reader, "names are not in order");
            field.Require(attributes.Count < MostXattrs, ref reader, $"there are more than {MostXattrs}");
            field.Step(ref reader);
            attributes.Add(new(name, field.Bytes(ref reader)));
        }

        field.Require(attributes.Count > 0, ref reader, "it is empty");
        return attributes;
    }

    // Nothing lies below a file or a link, so nothing leaves the tree through one.
    private static void CheckParents(List<FileEntry> entries, Dictionary<string, int> places, int[] offsets)
    {
        foreach (var (place, index) in places)
        {
            var slash = place.LastIndexOf('/');
            var parent = slash < 0 ? "" : place[..slash];
            if (place.Length == 0 || (parent.Length == 0 && !places.ContainsKey("")))
            {
                continue; // A Wine prefix is not content itself.
            }

            if (!places.TryGetValue(parent, out var above) || entries[above].Kind != FileKind.Directory)
            {
                throw new ManifestException(offsets[index], "path", $"'{entries[index].Path}' lies in no directory of the layer");
            }
        }
    }

    // Numbers begin at 1 in the order of the paths; names of one file agree on everything but their path.
    private static void CheckHardLinks(List<FileEntry> entries, int[] offsets)
    {
        var first = new List<int>();
        var names = new List<int>();
        for (var i = 0; i < entries.Count; i++)
        {
            var number = entries[i].HardLink;
            if (number == 0)
            {
                continue;
            }

            if (number == first.Count + 1)
            {
                first.Add(i);
                names.Add(1);
                continue;
            }

            if (number > first.Count || !AreOneFile(entries[first[number - 1]], entries[i]))
            {
                throw new ManifestException(offsets[i], "hardLink", number > first.Count
                    ? $"{number} is out of order" : $"'{entries[i].Path}' and '{entries[first[number - 1]].Path}' are one file and differ");
            }

            names[number - 1]++;
        }

        if (names.IndexOf(1) is >= 0 and var alone)
        {
            throw new ManifestException(offsets[first[alone]], "hardLink", "the file has no other name");
        }
    }

    private static bool AreOneFile(FileEntry one, FileEntry other) =>
        one.Length == other.Length && one.Content == other.Content && one.Mode == other.Mode && one.UserId == other.UserId
        && one.GroupId == other.GroupId && one.Modified == other.Modified
        && one.ExtendedAttributes.Count == other.ExtendedAttributes.Count
        && one.ExtendedAttributes.Zip(other.ExtendedAttributes).All(pair =>
            pair.First.Name == pair.Second.Name && pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span));
}

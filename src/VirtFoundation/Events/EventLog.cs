using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using VirtFoundation.Store;

namespace VirtFoundation.Events;

/// <summary>
/// A machine's events: JSON lines, appended and never changed, in two files so that the log stays bounded. Any process of the owner appends
/// and reads. A line that a crash tore is passed over by readers and closed by the next writer.
/// </summary>
internal sealed class EventLog
{
    /// <summary>The newer file is put aside, in place of the older, when it has this many bytes.</summary>
    internal const int DefaultFileSize = 1 << 20;

    /// <summary>Characters of a detail that are kept.</summary>
    internal const int LongestDetail = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _directory;
    private readonly int _fileSize;

    internal EventLog(string directory, int fileSize = DefaultFileSize)
    {
        _directory = directory;
        _fileSize = fileSize;
    }

    private string Newer => Path.Combine(_directory, "events.jsonl");

    private string Older => Path.Combine(_directory, "events.1.jsonl");

    /// <summary>Appends an event.</summary>
    /// <exception cref="VirtException">The disk refuses.</exception>
    internal LoggedEvent Append(string name, string? detail = null)
    {
        if (detail?.Length > LongestDetail)
        {
            detail = detail[..LongestDetail] + "…";
        }

        using var held = FileLock.Take(Path.Combine(_directory, "events.lock"), Patience);
        try
        {
            if (new FileInfo(Newer) is { Exists: true } newer && newer.Length >= _fileSize)
            {
                PutAside();
            }

            using var file = RestrictedFiles.Open(Newer, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
            var content = ReadAll(file);
            var last = LastSequence(content) ?? LastSequence(TryReadAll(Older)) ?? 0;
            var added = new LoggedEvent(last + 1, DateTime.UtcNow, name, detail);
            var torn = content.Length > 0 && content[^1] != '\n';
            byte[] line = [.. torn ? "\n"u8 : [], .. JsonSerializer.SerializeToUtf8Bytes(added, EventJson.Default.LoggedEvent), (byte)'\n'];
            file.Position = content.Length;
            file.Write(line);
            return added;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{Newer}' could not be written", e);
        }
    }

    private void PutAside()
    {
        try
        {
            File.Move(Newer, Older, overwrite: true);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            return; // Somebody reads the older file, which Windows does not replace then: the next event finds it free.
        }
    }

    /// <summary>Reads what the log still holds, oldest first.</summary>
    /// <param name="after">Only events with a greater number.</param>
    internal List<LoggedEvent> Read(long after = 0)
    {
        try
        {
            var events = new List<LoggedEvent>();
            // The newer first: if the files change in between, its content is found in both places rather than in none.
            var newer = TryReadAll(Newer);
            Parse(TryReadAll(Older), after, events);
            Parse(newer, events.Count > 0 ? Math.Max(after, events[^1].Sequence) : after, events);
            return events;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{Newer}' could not be read", e);
        }
    }

    /// <summary>Gives out events as they are appended, by whatever process, until it is cancelled.</summary>
    internal async IAsyncEnumerable<LoggedEvent> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var watcher = new FileSystemWatcher(_directory, "events*.jsonl")
        {
            NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.FileName | NotifyFilters.Size,
        };
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Signal(object sender, FileSystemEventArgs e) => changed.Writer.TryWrite(true);
        watcher.Changed += Signal;
        watcher.Created += Signal;
        watcher.Renamed += Signal;
        watcher.Deleted += Signal;
        watcher.Error += (_, _) => changed.Writer.TryWrite(true);
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            foreach (var found in Read(after))
            {
                after = found.Sequence;
                yield return found;
            }

            if (!Directory.Exists(_directory))
            {
                yield break; // The machine was removed.
            }

            await changed.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static long? LastSequence(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            content = content.TrimEnd((byte)'\n');
            var start = content.LastIndexOf((byte)'\n') + 1;
            if (TryParse(content[start..]) is { } found)
            {
                return found.Sequence;
            }

            content = content[..start];
        }

        return null;
    }

    private static void Parse(ReadOnlySpan<byte> content, long after, List<LoggedEvent> events)
    {
        foreach (var range in content.Split((byte)'\n'))
        {
            if (TryParse(content[range]) is { } found && found.Sequence > after)
            {
                events.Add(found);
            }
        }
    }

    private static LoggedEvent? TryParse(ReadOnlySpan<byte> line)
    {
        try
        {
            // A number beyond all reason is damage too: the next one could not follow it.
            return !line.IsEmpty && JsonSerializer.Deserialize(line, EventJson.Default.LoggedEvent) is { Sequence: > 0 and < long.MaxValue, Name: not null } found
                ? found
                : null;
        }
        catch (JsonException)
        {
            return null; // Torn by a crash.
        }
    }

    private static byte[] TryReadAll(string path)
    {
        try
        {
            using var file = RestrictedFiles.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return ReadAll(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static byte[] ReadAll(FileStream file)
    {
        var content = new byte[file.Length];
        return content[..file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }
}

using VirtFoundation.Events;

namespace VirtFoundation.Store;

/// <summary>Named things of one kind that workers run: a directory each, named by identity. Names are unique without regard to case, and can change.</summary>
/// <param name="root">The root that they belong to.</param>
/// <param name="parent">The directory of the root that holds their directories.</param>
/// <param name="words">How errors speak of them.</param>
internal abstract class RecordStore<TRecord, TRun>(VirtRoot root, string parent, RecordWords words)
    where TRecord : class, IStoredRecord
    where TRun : class, IRunRecord
{
    // Directories of what was removed, until their content is gone.
    private const string Removed = ".removed-";

    // Longer than any change of a name takes, even on a slow disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal VirtRoot Root { get; } = root;

    /// <summary>The directory of an identity, whether it exists or not.</summary>
    internal abstract RecordDirectory<TRecord, TRun> DirectoryOf(Guid id);

    /// <summary>All of them, in no order.</summary>
    /// <param name="onDamaged">Told of each whose file cannot be read; the others are listed.</param>
    internal List<TRecord> List(Action<Guid, VirtException>? onDamaged = null)
    {
        var all = new List<TRecord>();
        foreach (var path in Root.FindDirectories(parent))
        {
            if (!Guid.TryParseExact(Path.GetFileName(path), "N", out var id))
            {
                continue;
            }

            try
            {
                // A directory without a record is one that is just being made, or whose making was cut off.
                if (TryGet(id) is { } record)
                {
                    all.Add(record);
                }
            }
            catch (VirtException e) when (onDamaged is not null)
            {
                onDamaged(id, e);
            }
        }

        return all;
    }

    /// <summary>Describes all of them, by name. Workers are asked side by side.</summary>
    /// <param name="describe">Describes one.</param>
    /// <param name="onDamaged">Told of each that cannot be read or described; the others are returned.</param>
    internal async Task<IReadOnlyList<T>> DescribeAllAsync<T>(Func<TRecord, Task<T>> describe, Action<Guid, VirtException> onDamaged)
    {
        ArgumentNullException.ThrowIfNull(onDamaged);
        var asked = List(onDamaged).OrderBy(record => record.Name, StringComparer.OrdinalIgnoreCase)
            .Select(record => (record.Id, Answer: describe(record))).ToList();
        var found = new List<T>(asked.Count);
        foreach (var (id, answer) in asked)
        {
            try
            {
                found.Add(await answer.ConfigureAwait(false));
            }
            catch (VirtException e)
            {
                onDamaged(id, e);
            }
        }

        return found;
    }

    /// <summary>The one with an identity, or null.</summary>
    /// <exception cref="VirtException">Its file cannot be read.</exception>
    internal TRecord? TryGet(Guid id)
    {
        var directory = DirectoryOf(id);
        var record = directory.TryReadRecord();
        return record is null || record.Id == id
            ? record
            : throw new VirtException(VirtErrorCode.StateFileDamaged, $"'{directory.RecordPath}' belongs to another {words.Noun}, {record.Id}.");
    }

    /// <summary>The one with an identity.</summary>
    /// <exception cref="VirtException">There is none, or its file cannot be read.</exception>
    internal TRecord Get(Guid id) => TryGet(id) ?? throw NotFound(id);

    /// <summary>The one with a name.</summary>
    /// <exception cref="VirtException">There is none.</exception>
    internal TRecord Get(string name) => Find(name) ?? throw new VirtException(words.NotFound, $"There is no {words.Noun} named '{name}'.");

    /// <summary>The one with a name, or null.</summary>
    internal TRecord? Find(string name) =>
        List(static (_, _) => { }).Find(record => string.Equals(record.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Removes one that nothing runs. Its directory leaves its place in one step.</summary>
    /// <exception cref="VirtException">There is none with the identity, or it runs.</exception>
    internal void Remove(Guid id)
    {
        using var held = Hold();
        var directory = DirectoryOf(id);
        if (!Directory.Exists(directory.Path))
        {
            throw NotFound(id);
        }

        using (TakeStopped(id))
        {
            Discard(directory.Path);
        }

        Sweep();
    }

    /// <summary>Keeps a worker from running one meanwhile.</summary>
    /// <exception cref="VirtException">One runs it.</exception>
    internal FileLock TakeStopped(Guid id) =>
        DirectoryOf(id).TryTakeStopped() ?? throw new VirtException(words.Running, $"'{NameOf(id)}' is running; stop it first.");

    /// <summary>Keeps others from making, naming and removing them meanwhile.</summary>
    internal FileLock Hold()
    {
        Root.Create();
        return FileLock.Take(Path.Combine(parent, "lock"), Patience);
    }

    /// <summary>Keeps a new one.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    private protected TRecord Add(TRecord record)
    {
        using var held = Hold();
        Sweep();
        CheckName(record);
        var directory = DirectoryOf(record.Id);
        RestrictedFiles.CreateDirectory(directory.Path);
        try
        {
            directory.Events.Append(EventNames.Created, record.Name);
            directory.WriteRecord(record);
        }
        catch
        {
            Discard(directory.Path);
            Sweep();
            throw;
        }

        return record;
    }

    /// <summary>Changes one.</summary>
    /// <param name="id">Its identity.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileStopped">Whether the change needs it stopped: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is none with the identity, it runs, or the new name is in use.</exception>
    private protected TRecord Change(Guid id, Func<TRecord, TRecord> change, bool whileStopped)
    {
        using var held = Hold();
        var old = Get(id);
        using var stopped = whileStopped ? TakeStopped(id) : null;
        var updated = change(old);
        CheckName(updated);
        var directory = DirectoryOf(id);
        directory.WriteRecord(updated);
        directory.Events.Append(EventNames.Changed, updated.Name);
        return updated;
    }

    /// <summary>
    /// Clears away what was removed or only half made. Called while the store is held: a directory without a record can then only be the rest of
    /// a making that was cut off.
    /// </summary>
    private protected virtual void Sweep()
    {
        foreach (var path in Root.FindDirectories(parent))
        {
            var name = Path.GetFileName(path);
            var abandoned = Guid.TryParseExact(name, "N", out var id) && IsMissing(DirectoryOf(id).RecordPath);
            if (abandoned || name.StartsWith(Removed, StringComparison.Ordinal))
            {
                TreeRemoval.TryRemove(path); // A file of it may still be open somewhere (Windows): the next sweep takes it.
            }
        }
    }

    // What cannot be looked at is not missing: nothing is swept away for an error of the disk.
    private static bool IsMissing(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private VirtException NotFound(Guid id) => new(words.NotFound, $"There is no {words.Noun} with the id {id}.");

    // One whose record is damaged can be removed too, and has no name then.
    private string NameOf(Guid id)
    {
        try
        {
            return TryGet(id)?.Name ?? $"{id}";
        }
        catch (VirtException)
        {
            return $"{id}";
        }
    }

    private void CheckName(TRecord record)
    {
        if (Find(record.Name) is { } other && other.Id != record.Id)
        {
            throw new VirtException(words.NameInUse, $"A {words.Noun} named '{other.Name}' exists already ({other.Id}).");
        }
    }

    private void Discard(string path)
    {
        try
        {
            Directory.Move(path, Path.Combine(parent, Removed + Path.GetFileName(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' could not be removed", e);
        }
    }
}

using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtEngine.Store;

/// <summary>The machines of a root: a directory each, named by identity. Names are unique without regard to case, and can change.</summary>
internal sealed class MachineStore(VirtRoot root)
{
    // Directories of removed machines, until their content is gone.
    private const string Removed = ".removed-";

    // Longer than any change of a name takes, even on a slow disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal VirtRoot Root { get; } = root;

    internal MachineDirectory DirectoryOf(Guid id) => new(Path.Combine(Root.MachinesDirectory, id.ToString("N")));

    /// <summary>All machines, in no order.</summary>
    /// <param name="onDamaged">Told of each machine whose file cannot be read; the others are listed.</param>
    internal List<MachineRecord> List(Action<Guid, VirtException>? onDamaged = null)
    {
        var machines = new List<MachineRecord>();
        foreach (var path in Root.FindDirectories(Root.MachinesDirectory))
        {
            if (!Guid.TryParseExact(Path.GetFileName(path), "N", out var id))
            {
                continue;
            }

            try
            {
                // A directory without a record is a machine that is just being made, or whose making was cut off.
                if (Read(id) is { } record)
                {
                    machines.Add(record);
                }
            }
            catch (VirtException e) when (onDamaged is not null)
            {
                onDamaged(id, e);
            }
        }

        return machines;
    }

    internal MachineRecord? TryGet(Guid id) => Read(id);

    /// <summary>A machine by identity.</summary>
    /// <exception cref="VirtException">There is none, or its file cannot be read.</exception>
    internal MachineRecord Get(Guid id) =>
        Read(id) ?? throw new VirtException(VirtErrorCode.MachineNotFound, $"There is no machine with the id {id}.");

    /// <summary>A machine by name, or null.</summary>
    internal MachineRecord? Find(string name) =>
        List(static (_, _) => { }).Find(machine => string.Equals(machine.Spec.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes a machine.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    internal MachineRecord Create(Machine spec)
    {
        using var held = Hold();
        Sweep();
        CheckName(spec.Name, null);
        var record = new MachineRecord { Id = Guid.NewGuid(), Created = DateTime.UtcNow, Spec = spec };
        var directory = DirectoryOf(record.Id);
        RestrictedFiles.CreateDirectory(directory.Path);
        try
        {
            directory.Events.Append(EventNames.Created, spec.Name);
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

    /// <summary>Changes what a machine should be.</summary>
    /// <param name="id">The machine.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileOff">Whether the change needs the machine off: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is no such machine, it runs, or the new name is in use.</exception>
    internal MachineRecord Update(Guid id, Func<Machine, Machine> change, bool whileOff = false)
    {
        using var held = Hold();
        var old = Get(id);
        using var off = whileOff ? TakeOff(id) : null;
        var updated = old with { Spec = change(old.Spec) };
        CheckName(updated.Spec.Name, id);
        var directory = DirectoryOf(id);
        directory.WriteRecord(updated);
        directory.Events.Append(EventNames.Changed, updated.Spec.Name);
        return updated;
    }

    /// <summary>Removes a machine that nothing runs. Its directory leaves its place in one step.</summary>
    /// <exception cref="VirtException">There is no such machine, or it runs.</exception>
    internal void Remove(Guid id)
    {
        using var held = Hold();
        var directory = DirectoryOf(id);
        if (!Directory.Exists(directory.Path))
        {
            throw new VirtException(VirtErrorCode.MachineNotFound, $"There is no machine with the id {id}.");
        }

        using (TakeOff(id))
        {
            Discard(directory.Path);
        }

        Sweep();
    }

    private FileLock TakeOff(Guid id) => FileLock.TryTake(DirectoryOf(id).LockPath)
        ?? throw new VirtException(VirtErrorCode.MachineRunning, $"'{NameOf(id)}' is running; stop it first.");

    // A machine whose record is damaged can be removed too, and has no name then.
    private string NameOf(Guid id)
    {
        try
        {
            return Read(id)?.Spec.Name ?? $"{id}";
        }
        catch (VirtException)
        {
            return $"{id}";
        }
    }

    private MachineRecord? Read(Guid id)
    {
        var directory = DirectoryOf(id);
        var record = directory.TryReadRecord();
        return record is null || record.Id == id
            ? record
            : throw new VirtException(VirtErrorCode.StateFileDamaged, $"'{directory.RecordPath}' belongs to another machine, {record.Id}.");
    }

    private FileLock Hold()
    {
        Root.Create();
        return FileLock.Take(Path.Combine(Root.MachinesDirectory, "lock"), Patience);
    }

    private void CheckName(string name, Guid? except)
    {
        if (Find(name) is { } other && other.Id != except)
        {
            throw new VirtException(VirtErrorCode.MachineNameInUse, $"A machine named '{other.Spec.Name}' exists already ({other.Id}).");
        }
    }

    private void Discard(string path)
    {
        try
        {
            Directory.Move(path, Path.Combine(Root.MachinesDirectory, Removed + Path.GetFileName(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' could not be removed", e);
        }
    }

    // Called while the store is held: a directory without a record can only be the rest of a making that was cut off.
    private void Sweep()
    {
        foreach (var path in Root.FindDirectories(Root.MachinesDirectory))
        {
            var name = Path.GetFileName(path);
            var abandoned = Guid.TryParseExact(name, "N", out var id) && IsMissing(DirectoryOf(id).RecordPath);
            if (!abandoned && !name.StartsWith(Removed, StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                Directory.Delete(path, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // A file of it is still open somewhere (Windows): the next sweep takes it.
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
}

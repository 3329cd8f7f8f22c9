using AppLayer.Activation;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Store;
using VirtSpecs;

namespace AppLayer.Applications;

/// <summary>The virtual applications of a root: a directory each, named by identity. Names are unique without regard to case, and can change.</summary>
internal sealed class ApplicationStore(VirtRoot root)
{
    // Directories of removed applications, until their content is gone.
    private const string Removed = ".removed-";

    // Longer than any change of a name takes, even on a slow disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    internal VirtRoot Root { get; } = root;

    internal ApplicationDirectory DirectoryOf(Guid id) => new(Path.Combine(Root.ApplicationsDirectory, id.ToString("N")));

    /// <summary>All applications, in no order.</summary>
    /// <param name="onDamaged">Told of each application whose file cannot be read; the others are listed.</param>
    internal List<ApplicationRecord> List(Action<Guid, VirtException>? onDamaged = null)
    {
        var applications = new List<ApplicationRecord>();
        foreach (var path in Root.FindDirectories(Root.ApplicationsDirectory))
        {
            if (!Guid.TryParseExact(Path.GetFileName(path), "N", out var id))
            {
                continue;
            }

            try
            {
                // A directory without a record is a virtual application that is just being made, or whose making was cut off.
                if (Read(id) is { } record)
                {
                    applications.Add(record);
                }
            }
            catch (VirtException e) when (onDamaged is not null)
            {
                onDamaged(id, e);
            }
        }

        return applications;
    }

    /// <summary>A virtual application by identity.</summary>
    /// <exception cref="VirtException">There is none, or its file cannot be read.</exception>
    internal ApplicationRecord Get(Guid id) =>
        Read(id) ?? throw new VirtException(VirtErrorCode.ApplicationNotFound, $"There is no application with the id {id}.");

    /// <summary>A virtual application by name, or null.</summary>
    internal ApplicationRecord? Find(string name) =>
        List(static (_, _) => { }).Find(application => string.Equals(application.Spec.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes a virtual application.</summary>
    /// <exception cref="VirtException">The name is in use, or the disk refuses.</exception>
    internal ApplicationRecord Create(Application spec)
    {
        using var held = Hold(Root);
        Sweep();
        CheckName(spec.Name, null);
        var record = new ApplicationRecord { Id = Guid.NewGuid(), Created = DateTime.UtcNow, Spec = spec };
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

    /// <summary>Changes what a virtual application should be.</summary>
    /// <param name="id">The application.</param>
    /// <param name="change">What to change.</param>
    /// <param name="whileStopped">Whether the change needs it stopped: then nobody starts it meanwhile.</param>
    /// <exception cref="VirtException">There is no such application, it runs, or the new name is in use.</exception>
    internal ApplicationRecord Update(Guid id, Func<Application, Application> change, bool whileStopped = false)
    {
        using var held = Hold(Root);
        var old = Get(id);
        using var stopped = whileStopped ? TakeStopped(id) : null;
        var updated = old with { Spec = change(old.Spec) };
        CheckName(updated.Spec.Name, id);
        var directory = DirectoryOf(id);
        directory.WriteRecord(updated);
        directory.Events.Append(EventNames.Changed, updated.Spec.Name);
        return updated;
    }

    /// <summary>Removes a virtual application that nothing runs. Its directory leaves its place in one step.</summary>
    /// <exception cref="VirtException">There is no such application, or it runs.</exception>
    internal void Remove(Guid id)
    {
        using var held = Hold(Root);
        var directory = DirectoryOf(id);
        if (!Directory.Exists(directory.Path))
        {
            throw new VirtException(VirtErrorCode.ApplicationNotFound, $"There is no application with the id {id}.");
        }

        using (TakeStopped(id))
        {
            Discard(directory.Path);
        }

        Sweep();
    }

    private FileLock TakeStopped(Guid id) => FileLock.TryTake(DirectoryOf(id).LockPath)
        ?? throw new VirtException(VirtErrorCode.ApplicationRunning, $"'{NameOf(id)}' is running; stop it first.");

    // A virtual application whose record is damaged can be removed too, and has no name then.
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

    private ApplicationRecord? Read(Guid id)
    {
        var directory = DirectoryOf(id);
        var record = directory.TryReadRecord();
        return record is null || record.Id == id
            ? record
            : throw new VirtException(VirtErrorCode.StateFileDamaged, $"'{directory.RecordPath}' belongs to another application, {record.Id}.");
    }

    /// <summary>Keeps others from making and removing applications meanwhile.</summary>
    internal static FileLock Hold(VirtRoot root)
    {
        root.Create();
        return FileLock.Take(Path.Combine(root.ApplicationsDirectory, "lock"), Patience);
    }

    private void CheckName(string name, Guid? except)
    {
        if (Find(name) is { } other && other.Id != except)
        {
            throw new VirtException(VirtErrorCode.ApplicationNameInUse, $"A virtual application named '{other.Spec.Name}' exists already ({other.Id}).");
        }
    }

    private void Discard(string path)
    {
        try
        {
            Directory.Move(path, Path.Combine(Root.ApplicationsDirectory, Removed + Path.GetFileName(path)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtException.Storage($"'{path}' could not be removed", e);
        }
    }

    // Called while the store is held: a directory without a record can only be the rest of a making that was cut off.
    private void Sweep()
    {
        TemporaryApplication.Sweep(Root);
        foreach (var path in Root.FindDirectories(Root.ApplicationsDirectory))
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
}

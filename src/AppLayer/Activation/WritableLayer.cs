using VirtFoundation.Store;

namespace AppLayer.Activation;

/// <summary>
/// What an application's programs change: a directory with files in tree layout, beside it the kernel's own directory, and a hive. Where it is
/// missing, nothing was changed.
/// </summary>
/// <param name="directory">The directory that holds it, an application's.</param>
/// <param name="name">Its name there: a letter.</param>
/// <param name="operations">The file system.</param>
internal sealed class WritableLayer(string directory, string name, IFileOperations? operations = null)
{
    private readonly IFileOperations _files = operations ?? FileOperations.Instance;

    private string Root => Path.Combine(directory, name);

    /// <summary>The files: an overlay's upper directory.</summary>
    internal string Tree => Path.Combine(Root, "u");

    /// <summary>The overlay's work directory.</summary>
    internal string Work => Path.Combine(Root, "k");

    /// <summary>The registry entries; there is no such file where none were changed.</summary>
    internal string RegistryPath => Path.Combine(Root, "registry.hiv");

    /// <summary>Makes it, empty, where it is missing.</summary>
    /// <exception cref="VirtFoundation.VirtException">The disk refuses.</exception>
    internal void Create()
    {
        foreach (var path in (string[])[Root, Tree, Work])
        {
            // A tree has the rights that programs shall see; what it lies in is its owner's alone.
            if (!Directory.Exists(path))
            {
                _files.CreateDirectory(path);
            }
        }
    }

    /// <summary>
    /// Takes everything away, in the time that one change of a name takes. What was taken away still takes room until <see cref="Sweep"/>.
    /// Whenever this is cut off, everything is there or nothing is.
    /// </summary>
    /// <exception cref="VirtFoundation.VirtException">The disk refuses; everything is there.</exception>
    internal void Reset()
    {
        if (!Directory.Exists(Root))
        {
            return;
        }

        try
        {
            _files.RenameDirectory(Root, Path.Combine(directory, $"{name}-{Guid.NewGuid():N}"));
            _files.FlushDirectory(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw VirtFoundation.VirtException.Storage($"'{Root}' could not be put aside", e);
        }
    }

    /// <summary>Removes what earlier resets put aside.</summary>
    internal void Sweep()
    {
        foreach (var path in Directory.GetDirectories(directory, name + "-*"))
        {
            TreeRemoval.TryRemove(path);
        }
    }
}

using VirtFoundation.Store;

namespace VirtWorker.Tests.Applications;

/// <summary>A root whose base prefix is made once for all stories of Windows programs: that takes seconds and 700 MB.</summary>
public sealed class WineRoot : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;

    /// <summary>The root.</summary>
    public VirtRoot Root => VirtRoot.At(Path.Combine(_directory, "root"));

    public void Dispose() => TreeRemoval.TryRemove(_directory);
}

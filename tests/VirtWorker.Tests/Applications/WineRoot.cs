using AppLayer.Activation;
using VirtFoundation.Store;

namespace VirtWorker.Tests.Applications;

/// <summary>A root over the base prefix that is made once for all stories of Windows programs: that takes seconds and 700 MB.</summary>
public sealed class WineRoot : IDisposable
{
    private static readonly string Prefixes = MakePrefixes();

    private readonly string _directory = Directory.CreateTempSubdirectory("vt-").FullName;

    public WineRoot()
    {
        Root = VirtRoot.At(Path.Combine(_directory, "root"));
        Root.Create();
        Directory.CreateSymbolicLink(BasePrefix.DirectoryOf(Root), Prefixes);
    }

    /// <summary>The root.</summary>
    public VirtRoot Root { get; }

    public void Dispose() => TreeRemoval.TryRemove(_directory);

    private static string MakePrefixes()
    {
        var directory = Directory.CreateTempSubdirectory("vt-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => TreeRemoval.TryRemove(directory);
        return directory;
    }
}

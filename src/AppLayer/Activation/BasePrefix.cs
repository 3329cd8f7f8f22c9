using VirtFoundation;
using VirtFoundation.Store;

namespace AppLayer.Activation;

/// <summary>The Wine prefix below all Windows programs of a root: made once for each version of Wine, then only read.</summary>
internal static class BasePrefix
{
    // Who removes one holds its lock for moments.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The base prefix, made if it is not there.</summary>
    /// <returns>Its directory.</returns>
    /// <exception cref="VirtException">Wine cannot make one.</exception>
    internal static Task<string> ProvideAsync(
        VirtRoot root, WineInstallation wine, IProgress<ActivationStage>? progress, CancellationToken cancellation) =>
        new BasePrefixStore(root).ProvideAsync(wine, progress, cancellation);

    /// <summary>Where it is.</summary>
    internal static string PathOf(VirtRoot root, WineInstallation wine) => Path.Combine(DirectoryOf(root), wine.Key);

    /// <summary>Where all of a root are.</summary>
    internal static string DirectoryOf(VirtRoot root) => Path.Combine(root.Directory, "prefixes");

    /// <summary>Held shared by those who use a prefix, exclusively by who removes it.</summary>
    internal static string LockOf(string path) => path + ".lock";

    /// <summary>Keeps a prefix where it is, until the result is disposed of or this process ends.</summary>
    /// <param name="path">Its directory.</param>
    /// <exception cref="VirtException">It is not there.</exception>
    internal static FileLock Hold(string path)
    {
        Check(path); // Before the lock's file is made for nothing,
        var held = FileLock.Take(LockOf(path), Patience, shared: true);
        try
        {
            Check(path); // and again, since it could be removed in between.
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static void Check(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new VirtException(VirtErrorCode.WineUnavailable, $"The Wine prefix '{path}' is not there any more; another start makes it anew.");
        }
    }
}

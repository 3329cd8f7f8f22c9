using VirtFoundation.Store;

namespace VirtTools.Tests;

/// <summary>What tests make once and keep for later runs, in <c>$XDG_CACHE_HOME/virttools-tests</c> or <c>~/.cache/virttools-tests</c>.</summary>
internal static class TestCache
{
    // The nightly form included: a run that uses what another version has made must have ended before that is taken away.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(12);

    /// <summary>Runs what uses or fills a directory while no other process does, and removes those of other versions.</summary>
    /// <param name="kind">What is kept: a word.</param>
    /// <param name="maker">The type that makes it: another build of its assembly has a directory of its own.</param>
    /// <param name="use">Gets the path, which may not be there yet.</param>
    internal static T Use<T>(string kind, Type maker, Func<string, T> use)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? Path.Combine(home, "virttools-tests")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "virttools-tests");
        Directory.CreateDirectory(cache);
        using var turn = FileLock.Take(Path.Combine(cache, kind + ".lock"), TimeSpan.FromMinutes(5));
        string mine = Path.Combine(cache, $"{kind}-{maker.Assembly.ManifestModule.ModuleVersionId:n}");
        foreach (string other in Directory.GetDirectories(cache, kind + "-*"))
            if (other != mine && Directory.GetLastWriteTimeUtc(other) < DateTime.UtcNow - LongestRun) Directory.Delete(other, recursive: true);
        if (Directory.Exists(mine)) Directory.SetLastWriteTimeUtc(mine, DateTime.UtcNow);
        return use(mine);
    }
}

using VirtEngine.Images;
using VirtFoundation.Store;

namespace VirtEngine.Tests.Linux;

/// <summary>
/// The Debian guest of these tests: made once from Debian's packages and kept for later runs, for as long as the builder stays the same.
/// </summary>
internal static class LinuxGuest
{
    // The nightly form included.
    private static readonly TimeSpan LongestRun = TimeSpan.FromHours(12);

    private static readonly Lazy<ImageRecord> Made = new(Obtain);

    /// <summary>Why there can be no guest here, or null.</summary>
    internal static string? Unavailable { get; } =
        !OperatingSystem.IsLinux() ? "The guest is made from Debian's packages by apt, on Linux."
        : !ExistsInPath("apt-get") ? "The guest is made from Debian's packages; there is no apt-get here."
        : null;

    /// <summary>The image.</summary>
    /// <exception cref="VirtFoundation.Packages.PackageSourceException">apt cannot give the packages: the tests fail with it.</exception>
    internal static ImageRecord Image => Made.Value;

    private static ImageRecord Obtain()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
            ? Path.Combine(home, "virttools-tests")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "virttools-tests");
        // Another builder may compose another guest: what it made goes with it, unless a run of its tests may still be on its way.
        string mine = $"guest-{typeof(DebianImageBuilder).Assembly.ManifestModule.ModuleVersionId:n}";
        Directory.CreateDirectory(cache);
        using var turn = FileLock.Take(Path.Combine(cache, "guest.lock"), TimeSpan.FromMinutes(5));
        foreach (string other in Directory.GetDirectories(cache, "guest-*"))
            if (Path.GetFileName(other) != mine && Directory.GetLastWriteTimeUtc(other) < DateTime.UtcNow - LongestRun)
                Directory.Delete(other, recursive: true);
        var store = new ImageStore(Path.Combine(cache, mine));
        if (Directory.Exists(Path.Combine(cache, mine))) Directory.SetLastWriteTimeUtc(Path.Combine(cache, mine), DateTime.UtcNow);
        var kept = store.List().Images;
        return kept.Count == 1 && store.Test(kept[0].Digest).Count == 0 ? kept[0] : new DebianImageBuilder(store).Build();
    }

    private static bool ExistsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

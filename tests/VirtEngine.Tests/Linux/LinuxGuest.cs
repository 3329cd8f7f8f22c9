using VirtEngine.Images;
using VirtTools.Tests;

namespace VirtEngine.Tests.Linux;

/// <summary>
/// The Debian guest of these tests: made once from Debian's packages and kept for later runs, for as long as the builder stays the same.
/// </summary>
internal static class LinuxGuest
{
    private static readonly Lazy<ImageRecord> Made = new(Obtain);

    /// <summary>Why there can be no guest here, or null.</summary>
    internal static string? Unavailable { get; } =
        !OperatingSystem.IsLinux() ? "The guest is made from Debian's packages by apt, on Linux."
        : !ExistsInPath("apt-get") ? "The guest is made from Debian's packages; there is no apt-get here."
        : null;

    /// <summary>The image.</summary>
    /// <exception cref="VirtFoundation.Packages.PackageSourceException">apt cannot give the packages: the tests fail with it.</exception>
    internal static ImageRecord Image => Made.Value;

    // Another builder may compose another guest.
    private static ImageRecord Obtain() => TestCache.Use("guest", typeof(DebianImageBuilder), directory =>
    {
        var store = new ImageStore(directory);
        var kept = store.List().Images;
        return kept.Count == 1 && store.Test(kept[0].Digest).Count == 0 ? kept[0] : new DebianImageBuilder(store).Build();
    });

    /// <summary>Makes a raw disk with the guest's files in ext4.</summary>
    internal static void MakeDisk(string path, long size) => File.Copy(TestCache.Use($"disk{size >> 20}", typeof(DebianImageBuilder), directory =>
    {
        string disk = Path.Combine(directory, "root.raw");
        if (!File.Exists(disk))
        {
            Directory.CreateDirectory(directory);
            File.Delete(disk + ".new");
            new DebianImageBuilder(new ImageStore(directory)).BuildDisk(disk + ".new", size);
            File.Move(disk + ".new", disk);
        }

        return disk;
    }), path, overwrite: true);

    private static bool ExistsInPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

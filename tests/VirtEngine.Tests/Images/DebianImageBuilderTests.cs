using System.Text;
using VirtEngine.Boot;
using VirtEngine.Images;
using VirtEngine.Tests.Boot;
using VirtEngine.Tests.Linux;
using VirtFoundation.Packages;
using VirtTools.Tests;

namespace VirtEngine.Tests.Images;

[Collection("Debian image")]
public sealed class DebianImageBuilderTests(DebianImage debian)
{
    [Fact]
    public void The_image_is_Debians_kernel_with_its_sources_named()
    {
        var image = debian.Image;
        Assert.Matches("^debian-[0-9]+-cloud$", image.Name);
        Assert.Equal("console=ttyS0 cryptomgr.notests=1", image.CommandLine);
        var description = LinuxLoader.Describe(image.KernelPath);
        Assert.True(description.HasPvhEntry);
        Assert.Equal(description.Version, image.KernelVersion);
        string[] packages = ["busybox-static", "qemu-guest-agent", "libc6", "base-files"];
        var known = Tool.RunText("apt-cache", ["show", .. packages]).Split("\n\n").Select(paragraph => paragraph.Split('\n')).ToList();
        foreach (string package in packages)
        {
            var source = Assert.Single(image.Sources, source => source.Name == package);
            string[] fields = [$"Package: {package}", $"Version: {source.Version}", $"SHA256: {source.Sha256}"];
            Assert.Contains(known, paragraph => fields.All(paragraph.Contains));
        }
        Assert.Contains(debian.Progress, activity => activity.StartsWith("Downloading busybox-static", StringComparison.Ordinal));
        Assert.Empty(debian.Store.Test(image.Digest));
    }

    [Fact]
    public void Built_twice_from_the_same_packages_it_is_the_same()
    {
        // The one that other tests boot was built at another time, by another process: maybe before Debian had a newer kernel.
        var other = LinuxGuest.Image;
        if (!other.Sources.SequenceEqual(debian.Image.Sources)) other = new DebianImageBuilder(debian.Store).Build();
        Assert.Equal(debian.Image.Digest, other.Digest);
        Assert.Single(debian.Store.List().Images);
    }

    [Fact]
    public void Cpio_unpacks_the_initrd_and_depmod_agrees_on_the_modules()
    {
        using var directory = new TemporaryDirectory();
        Tool.Run("cpio", ["-idm", "--quiet", "--no-absolute-filenames"], File.ReadAllBytes(debian.Image.InitrdPath!), directory.Path);
        string tree = directory.Path;
        Assert.Equal("usr/bin", new FileInfo(Path.Combine(tree, "bin")).LinkTarget);
        Assert.Equal("755", Tool.RunText("stat", "-c", "%a", Path.Combine(tree, "init")).Trim());

        // Every command that has a name is one of this busybox.
        var applets = Tool.RunText(Path.Combine(tree, "usr/bin/busybox"), "--list").Split('\n').ToHashSet();
        foreach (string command in GuestFiles.Commands.Concat(GuestFiles.SystemCommands)) Assert.Contains(command, applets);

        string release = Path.GetFileName(Directory.GetDirectories(Path.Combine(tree, "usr/lib/modules")).Single());
        string modules = Path.Combine(tree, "usr/lib/modules", release);
        var ours = ReadDependencies(Path.Combine(modules, "modules.dep"));
        var aliases = ReadAliases(modules);
        Tool.Run(Path.Combine(tree, "usr/bin/busybox"), ["depmod", "-b", tree, release]);
        Assert.Equal(ReadDependencies(Path.Combine(modules, "modules.dep")), ours);
        Assert.Equal(ReadAliases(modules), aliases);
        Assert.Contains("virtio_console", string.Join(' ', ours.Keys), StringComparison.Ordinal);
    }

    [Fact]
    public void The_agent_finds_its_libraries_in_the_initrd()
    {
        using var directory = new TemporaryDirectory();
        Tool.Run("cpio", ["-idm", "--quiet", "--no-absolute-filenames"], File.ReadAllBytes(debian.Image.InitrdPath!), directory.Path);
        string libraries = Path.Combine(directory.Path, "usr/lib/x86_64-linux-gnu");
        string listed = Encoding.UTF8.GetString(Tool.Run(Path.Combine(directory.Path, "usr/lib64/ld-linux-x86-64.so.2"),
            ["--inhibit-cache", "--library-path", libraries, "--list", Path.Combine(directory.Path, "usr/sbin/qemu-ga")]));
        Assert.DoesNotContain("not found", listed, StringComparison.Ordinal);
        var used = listed.Split('\n').Where(line => line.Contains("=>", StringComparison.Ordinal)).Select(line => line.Split("=>")[1].Trim().Split(' ')[0]).ToArray();
        Assert.All(used.Where(path => !path.Contains("ld-linux", StringComparison.Ordinal)), path => Assert.StartsWith(libraries, path, StringComparison.Ordinal));
        Assert.Equal(Directory.GetFiles(libraries).Length, used.Count(path => path.StartsWith(libraries, StringComparison.Ordinal))); // and no more
    }

    [Fact]
    public void A_missing_package_and_a_cancelled_build_leave_the_store_as_it_was()
    {
        using var directory = new TemporaryDirectory();
        var store = new ImageStore(directory.Path);
        var error = Assert.Throws<PackageSourceException>(() => new DebianImageBuilder(store, _ => new EmptySource()).Build());
        Assert.Contains("linux-image-cloud-amd64", error.Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => new DebianImageBuilder(store).Build(cancellation: new CancellationToken(true)));
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    private static SortedDictionary<string, string> ReadDependencies(string path)
    {
        var table = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadAllLines(path))
        {
            var parts = line.Split(':');
            table.Add(parts[0], string.Join(' ', parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)));
        }
        return table;
    }

    private static string[] ReadAliases(string modules) =>
        [.. File.ReadAllLines(Path.Combine(modules, "modules.alias")).Where(line => line.StartsWith("alias ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private sealed class EmptySource : IPackageSource
    {
        public PackageInfo? Find(string name, CancellationToken cancellation) => null;

        public string Download(PackageInfo package, string directory, CancellationToken cancellation) => throw new InvalidOperationException();
    }
}

using System.Globalization;
using System.Text;
using VirtFoundation.Packages;

namespace VirtEngine.Images;

/// <summary>
/// Makes a small guest from Debian's packages: its cloud kernel, unmodified, and an initial RAM file system of busybox, the QEMU guest
/// agent with the libraries it needs, and the kernel's drivers for virtio. The same packages give the same bytes.
/// </summary>
public sealed class DebianImageBuilder
{
    private const string KernelMetaPackage = "linux-image-cloud-amd64";
    private const string BusyboxPackage = "busybox-static";
    private const string AgentPackage = "qemu-guest-agent";
    private const string SystemPackage = "base-files";
    private const string Loader = "ld-linux-x86-64.so.2";

    /// <summary>
    /// The kernel's command line with an image: its console, and no trial of every cipher and digest at each boot, which takes the software CPU
    /// longer than all the rest. <c>cryptomgr.notests=0</c> behind it brings the trials back.
    /// </summary>
    public const string CommandLine = "console=ttyS0 cryptomgr.notests=1";

    /// <summary>The same for a disk: the kernel finds the first on NVMe, and what to start on it.</summary>
    public const string DiskCommandLine = CommandLine + " root=/dev/nvme0n1 rootfstype=ext4 rootwait rw init=/init";

    private readonly ImageStore _store;
    private readonly Func<string, IPackageSource> _openSource;

    /// <summary>Makes images from the archives that this host's apt knows.</summary>
    /// <param name="store">Where images are put.</param>
    public DebianImageBuilder(ImageStore store) : this(store, scratch => new AptPackageSource(scratch))
    {
    }

    /// <param name="store">Where images are put.</param>
    /// <param name="openSource">Opens the source of packages; it may keep files in the directory that it is given.</param>
    internal DebianImageBuilder(ImageStore store, Func<string, IPackageSource> openSource)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _openSource = openSource;
    }

    /// <summary>Obtains the packages, composes the guest and puts it into the store. Takes seconds and about 33 MB of download.</summary>
    /// <param name="name">The image's name; by default made from Debian's version: <c>debian-12-cloud</c>.</param>
    /// <param name="progress">Told what is being done, or null.</param>
    /// <param name="cancellation">Stops; the store is as it was.</param>
    /// <returns>The image; the one that was there if the packages gave the same.</returns>
    /// <exception cref="PackageSourceException">A package cannot be obtained: no apt, no network, an unknown name, a full disk.</exception>
    /// <exception cref="PackageException">A package is damaged.</exception>
    /// <exception cref="ImageBuildException">The packages lack something that the guest needs.</exception>
    /// <exception cref="ImageStoreException">The store is in use.</exception>
    /// <exception cref="IOException">A file cannot be written, or the disk is full.</exception>
    public ImageRecord Build(string? name = null, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        var work = Directory.CreateTempSubdirectory("virttools-image-");
        try
        {
            var shelf = OpenShelf(work, progress);
            var (tree, kernel, release) = Compose(shelf, cancellation);
            progress?.Report(new BuildProgress("Composing the initial RAM file system"));
            string kernelPath = Path.Combine(work.FullName, "kernel"), initrdPath = Path.Combine(work.FullName, "initrd");
            File.WriteAllBytes(kernelPath, kernel.Image);
            using (var initrd = File.Create(initrdPath)) tree.WriteTo(initrd);
            cancellation.ThrowIfCancellationRequested();

            progress?.Report(new BuildProgress("Putting the image into the store"));
            return _store.Install(new ImageContent
            {
                Name = name ?? $"debian-{release}-cloud",
                Kernel = kernelPath,
                Initrd = initrdPath,
                CommandLine = CommandLine,
                Sources = [.. shelf.Sources],
            }, cancellation);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>
    /// Obtains the packages and makes a raw disk of the same guest, with its files in ext4: a machine with the kernel, this disk first on NVMe and
    /// <see cref="DiskCommandLine"/> needs no initial RAM disk.
    /// </summary>
    /// <param name="path">The disk's file; it must not be there.</param>
    /// <param name="size">Bytes, a multiple of 4096; the guest takes about 30 MB.</param>
    /// <param name="progress">Told what is being done, or null.</param>
    /// <param name="cancellation">Stops; there is no disk then.</param>
    /// <exception cref="PackageSourceException">A package cannot be obtained: no apt, no network, an unknown name, a full disk.</exception>
    /// <exception cref="PackageException">A package is damaged.</exception>
    /// <exception cref="ImageBuildException">The packages lack something that the guest needs, e2fsprogs is missing, or the disk is too small.</exception>
    /// <exception cref="IOException">The file is there already or cannot be written, or the host's disk is full.</exception>
    public void BuildDisk(string path, long size, IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        var work = Directory.CreateTempSubdirectory("virttools-image-");
        try
        {
            var (tree, _, _) = Compose(OpenShelf(work, progress), cancellation);
            progress?.Report(new BuildProgress("Making the disk"));
            Ext4Disk.Make(tree, path, size, cancellation);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private PackageShelf OpenShelf(DirectoryInfo work, IProgress<BuildProgress>? progress) =>
        new(_openSource(work.FullName), work.FullName, activity => progress?.Report(new BuildProgress(activity)));

    private static (InitramfsTree Tree, KernelPackage Kernel, string Release) Compose(PackageShelf shelf, CancellationToken cancellation)
    {
        var kernel = KernelPackage.Read(shelf, KernelMetaPackage, wanted: null, cancellation);
        var tree = new InitramfsTree();
        AddModules(tree, kernel);
        AddPrograms(tree, shelf, cancellation);
        return (tree, kernel, AddSystem(tree, shelf, cancellation));
    }

    private static void AddModules(InitramfsTree tree, KernelPackage kernel)
    {
        var set = kernel.Modules(GuestFiles.Modules);
        string root = $"usr/lib/modules/{kernel.Release}/";
        foreach (var module in set.Ordered) tree.AddFile(root + KernelModuleSet.RelativePath(module), module.Content);
        tree.AddText(root + "modules.dep", set.DependencyTable());
        tree.AddText(root + "modules.alias", set.AliasTable());
    }

    private static void AddPrograms(InitramfsTree tree, PackageShelf shelf, CancellationToken cancellation)
    {
        tree.AddFile("usr/bin/busybox", FindProgram(shelf, BusyboxPackage, "bin/busybox", cancellation), executable: true);
        foreach (string command in GuestFiles.Commands) tree.AddLink($"usr/bin/{command}", "busybox");
        foreach (string command in GuestFiles.SystemCommands) tree.AddLink($"usr/sbin/{command}", "../bin/busybox");

        byte[] agent = FindProgram(shelf, AgentPackage, "sbin/qemu-ga", cancellation);
        tree.AddFile("usr/sbin/qemu-ga", agent, executable: true);
        var libraries = new LibraryResolver(shelf, cancellation);
        libraries.Add(agent, AgentPackage);
        if (!libraries.Found.ContainsKey(Loader)) throw new ImageBuildException($"No library of '{AgentPackage}' needs the loader '{Loader}'.");
        foreach (var (name, file) in libraries.Found)
            tree.AddFile((name == Loader ? "usr/lib64/" : "usr/lib/x86_64-linux-gnu/") + name, file.Content, executable: name == Loader);
    }

    private static byte[] FindProgram(PackageShelf shelf, string package, string path, CancellationToken cancellation)
    {
        var files = shelf.Files(package, candidate => candidate == path || candidate == "usr/" + path, cancellation);
        return (files.GetValueOrDefault(path) ?? files.GetValueOrDefault("usr/" + path))?.Content
            ?? throw new ImageBuildException($"Package '{package}' has no program '{path}'.");
    }

    /// <returns>Debian's version: <c>12</c>.</returns>
    private static string AddSystem(InitramfsTree tree, PackageShelf shelf, CancellationToken cancellation)
    {
        const string path = "usr/lib/os-release";
        byte[] osRelease = shelf.Files(SystemPackage, candidate => candidate == path, cancellation).GetValueOrDefault(path)?.Content
            ?? throw new ImageBuildException($"Package '{SystemPackage}' has no file '{path}'.");
        tree.AddFile(path, osRelease);
        tree.AddLink("etc/os-release", "../" + path);

        foreach (string directory in (string[])["bin", "sbin", "lib", "lib64"]) tree.AddLink(directory, "usr/" + directory);
        foreach (string directory in (string[])["dev", "mnt", "proc", "run", "sys", "tmp", "var"]) tree.AddDirectory(directory);
        tree.AddDirectory("root", 0b111_000_000);
        tree.AddLink("var/run", "../run");
        tree.AddCharacterDevice("dev/console", 5, 1);
        tree.AddCharacterDevice("dev/null", 1, 3);
        tree.AddText("init", GuestFiles.Init, executable: true);
        tree.AddText("etc/inittab", GuestFiles.Inittab);
        tree.AddText("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        tree.AddText("etc/group", "root:x:0:\n");
        tree.AddText("etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");
        tree.AddText("etc/acpi/PWRF/00000080", GuestFiles.PowerButton, executable: true);
        tree.AddText("usr/lib/virttools/agent", GuestFiles.Agent, executable: true);
        tree.AddText("usr/sbin/shutdown", GuestFiles.Shutdown, executable: true);

        foreach (string line in Encoding.UTF8.GetString(osRelease).Split('\n'))
            if (line.StartsWith("VERSION_ID=", StringComparison.Ordinal)
                && int.TryParse(line["VERSION_ID=".Length..].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int version))
                return version.ToString(CultureInfo.InvariantCulture);
        return "unstable";
    }
}

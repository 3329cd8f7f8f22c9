using VirtEngine.Images;
using VirtFoundation.Packages;
using VirtTools.Tests;

namespace HardwareLab;

/// <summary>The files that a lab starts from, made once from Debian's packages and this host's .NET runtime, and kept for later runs.</summary>
/// <param name="Kernel">Debian's kernel, uncompressed.</param>
/// <param name="Initrd">The initial RAM file system.</param>
internal sealed record LabImage(string Kernel, string Initrd)
{
    /// <summary>Gives the files, and makes those that are not there.</summary>
    /// <exception cref="PackageSourceException">apt cannot give the packages.</exception>
    internal static LabImage Obtain() => TestCache.Use("lab", typeof(LabImage), directory =>
    {
        Directory.CreateDirectory(directory);
        string kernel = Path.Combine(directory, "vmlinux"), system = Path.Combine(directory, "system");
        if (!File.Exists(kernel) || !File.Exists(system)) MakeSystem(kernel, system);
        var fast = FastFiles.Find();
        string initrd = Path.Combine(directory, $"initrd-{FastFiles.Digest(fast)}");
        if (!File.Exists(initrd)) MakeInitrd(initrd, system, fast);
        return new LabImage(kernel, initrd);
    });

    private static void MakeSystem(string kernelPath, string systemPath)
    {
        var work = Directory.CreateTempSubdirectory("virttools-lab-");
        try
        {
            var shelf = new PackageShelf(new AptPackageSource(work.FullName), work.FullName, _ => { });
            var known = LabSystem.Modules.Concat(LabSystem.UsedModules).ToHashSet(StringComparer.Ordinal);
            var kernel = KernelPackage.Read(shelf, LabSystem.KernelPackage, known.Contains, CancellationToken.None);

            var tree = new InitramfsTree();
            foreach (string directory in (string[])["dev", "fast", "host", "proc", "root", "sys", "written"]) tree.AddDirectory(directory);
            tree.AddCharacterDevice("dev/console", 5, 1);
            tree.AddText("init", LabSystem.Init, executable: true);
            var busybox = shelf.Files(LabSystem.BusyboxPackage, path => path is "bin/busybox" or "usr/bin/busybox", CancellationToken.None).Values.FirstOrDefault()
                ?? throw new LabException($"Package '{LabSystem.BusyboxPackage}' has no program 'busybox'.");
            tree.AddFile("bin/busybox", busybox.Content, executable: true);
            tree.AddLink("bin/sh", "busybox");
            foreach (var (index, module) in kernel.Modules(LabSystem.Modules).Ordered.Index())
                tree.AddFile($"modules/{index:d2}-{module.Name}.ko", module.Content); // sh lists them in this order

            WriteWhole(kernelPath, path => KernelFile.Decompress(kernel.Image, path));
            WriteWhole(systemPath, path =>
            {
                using var file = File.Create(path);
                tree.WriteTo(file);
            });
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    /// <summary>Two archives in a row: Linux unpacks both (Documentation/driver-api/early-userspace/buffer-format.rst).</summary>
    private static void MakeInitrd(string initrdPath, string systemPath, IEnumerable<string> fast)
    {
        var tree = new InitramfsTree();
        foreach (string path in fast) tree.AddFile("fast" + path, File.ReadAllBytes(path), executable: true);
        WriteWhole(initrdPath, path =>
        {
            using var file = File.Create(path);
            using (var system = File.OpenRead(systemPath)) system.CopyTo(file);
            tree.WriteTo(file);
        });
    }

    private static void WriteWhole(string path, Action<string> write)
    {
        string temporary = path + ".new";
        write(temporary);
        File.Move(temporary, path, overwrite: true);
    }
}

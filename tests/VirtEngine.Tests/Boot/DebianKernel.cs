namespace VirtEngine.Tests.Boot;

/// <summary>Debian's cloud kernel, downloaded by apt and unpacked by dpkg-deb, once for all tests and runs.</summary>
public sealed class DebianKernel
{
    public DebianKernel()
    {
        string name = Tool.RunText("apt-cache", "depends", "linux-image-cloud-amd64").Split('\n')
            .Select(line => line.Trim()).First(line => line.StartsWith("Depends: linux-image-", StringComparison.Ordinal))["Depends: ".Length..];
        string cache = Path.Combine(Path.GetTempPath(), "virttools-tests", name);
        Package = Path.Combine(cache, "package.deb");
        Root = Path.Combine(cache, "root");
        if (!Directory.Exists(cache))
        {
            var work = Directory.CreateTempSubdirectory("virttools-kernel");
            Tool.Run("apt-get", ["-q", "download", name], directory: work.FullName);
            File.Move(Directory.GetFiles(work.FullName, "*.deb").Single(), Path.Combine(work.FullName, "package.deb"));
            Tool.Run("dpkg-deb", ["-x", Path.Combine(work.FullName, "package.deb"), Path.Combine(work.FullName, "root")]);
            Directory.CreateDirectory(Path.GetDirectoryName(cache)!);
            try { Directory.Move(work.FullName, cache); }
            catch (IOException) when (Directory.Exists(cache)) { work.Delete(recursive: true); } // another run was faster
        }
        Vmlinuz = Directory.GetFiles(Path.Combine(Root, "boot"), "vmlinuz-*").Single();
    }

    /// <summary>The .deb.</summary>
    public string Package { get; }

    /// <summary>What dpkg-deb unpacked.</summary>
    public string Root { get; }

    /// <summary>The bzImage.</summary>
    public string Vmlinuz { get; }
}

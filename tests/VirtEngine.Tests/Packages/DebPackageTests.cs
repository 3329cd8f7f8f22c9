using System.Security.Cryptography;
using System.Text;
using VirtEngine.Tests.Boot;
using VirtFoundation.Packages;
using VirtFoundation.Packages.Xz;
using VirtTools.Tests;

namespace VirtEngine.Tests.Packages;

[Collection("Debian kernel")]
public sealed class DebPackageTests(DebianKernel debian) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Debians_kernel_package_holds_what_dpkg_unpacks()
    {
        int files = 0;
        var modes = Tool.RunText("find", debian.Root, "-type", "f", "-printf", "%P %m\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(line => line[..line.LastIndexOf(' ')], line => Convert.ToInt32(line[(line.LastIndexOf(' ') + 1)..], 8));
        foreach (var file in DebPackage.ReadFiles(debian.Package, _ => true))
        {
            string peer = Path.Combine(debian.Root, file.Path);
            if (file.Link is not null)
            {
                Assert.Equal(new FileInfo(peer).LinkTarget, file.Link);
                continue;
            }
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(peer)), SHA256.HashData(file.Content));
            Assert.Equal(modes[file.Path], file.Mode);
            files++;
        }
        Assert.Equal(Directory.EnumerateFiles(debian.Root, "*", SearchOption.AllDirectories).Count(path => new FileInfo(path).LinkTarget is null), files);

        var control = DebPackage.ReadControl(debian.Package);
        foreach (string field in (string[])["Package", "Version", "Depends", "Architecture"])
            Assert.Equal(Tool.RunText("dpkg-deb", "-f", debian.Package, field).TrimEnd(), control[field]);
        Assert.Equal(["kmod", "linux-base", "initramfs-tools"], control.Dependencies());
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("none")]
    public void Each_compression_that_dpkg_makes_is_read(string compression)
    {
        string package = Make(compression);
        Assert.Equal("sample", DebPackage.ReadControl(package)["Package"]);
        var file = Assert.Single(DebPackage.ReadFiles(package, path => path == "usr/share/sample/text"));
        Assert.Equal("hello\n", Encoding.UTF8.GetString(file.Content));
    }

    [Fact]
    public void An_unknown_compression_is_named()
    {
        string package = Path.Combine(_directory.Path, "strange.deb");
        _directory.Write("debian-binary", "2.0\n"u8.ToArray());
        _directory.Write("control.tar.br", [1, 2, 3]);
        Tool.Run("ar", ["rc", package, "debian-binary", "control.tar.br"], directory: _directory.Path);
        Assert.Contains("'.br'", Assert.Throws<PackageException>(() => DebPackage.ReadControl(package)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../escape", "leaves the package's root")]
    [InlineData("a/../../escape", "leaves the package's root")]
    [InlineData("/etc/passwd", "is absolute")]
    public void A_path_that_leaves_the_root_is_refused(string path, string words)
    {
        var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, path) { DataStream = new MemoryStream([1]) });
        string package = Path.Combine(_directory.Path, "evil.deb");
        _directory.Write("debian-binary", "2.0\n"u8.ToArray());
        _directory.Write("data.tar", tar.ToArray());
        Tool.Run("ar", ["rc", package, "debian-binary", "data.tar"], directory: _directory.Path);
        Assert.Contains(words, Assert.Throws<PackageException>(() => DebPackage.ReadFiles(package, _ => true).ToList()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_packages_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(6);
        int refused = 0;
        foreach (string compression in (string[])["none", "gzip", "xz", "zstd"])
        {
            var package = File.ReadAllBytes(Make(compression));
            for (int round = 0; round < 400; round++)
            {
                var damaged = (byte[])package.Clone();
                for (int change = 0; change < 4; change++) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                if (random.Next(4) == 0) damaged = damaged[..random.Next(damaged.Length)];
                string path = _directory.Write("damaged.deb", damaged);
                try
                {
                    DebPackage.ReadControl(path);
                    foreach (var file in DebPackage.ReadFiles(path, _ => true)) Assert.DoesNotContain("..", file.Path.Split('/'));
                }
                catch (Exception e) when (e is PackageException or XzException)
                {
                    refused++;
                }
            }
        }
        Assert.True(refused > 300, $"refused {refused}");
    }

    [Fact]
    public void What_apt_does_not_know_is_said()
    {
        var source = new AptPackageSource(_directory.Path);
        Assert.Null(source.Find("no-such-package-virttools", CancellationToken.None));
        Assert.Throws<PackageSourceException>(() => source.Find("--help", CancellationToken.None));
        Assert.Throws<PackageSourceException>(() => source.Find("a;b", CancellationToken.None));
        var busybox = source.Find("busybox-static", CancellationToken.None)!;
        Assert.Contains($"SHA256: {busybox.Sha256}", Tool.RunText("apt-cache", "show", "busybox-static"), StringComparison.Ordinal);
        var error = Assert.Throws<PackageSourceException>(() => source.Download(busybox with { Sha256 = new string('0', 64) }, _directory.Path, CancellationToken.None));
        Assert.Contains("the archive says 000", error.Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => source.Download(busybox, _directory.Path, new CancellationToken(true)));
    }

    private string Make(string compression)
    {
        string root = Path.Combine(_directory.Path, "root");
        Directory.CreateDirectory(Path.Combine(root, "DEBIAN"));
        Directory.CreateDirectory(Path.Combine(root, "usr/share/sample"));
        File.WriteAllText(Path.Combine(root, "DEBIAN/control"), "Package: sample\nVersion: 1.0\nArchitecture: amd64\nMaintainer: nobody <nobody@example.org>\nDescription: sample\n");
        File.WriteAllText(Path.Combine(root, "usr/share/sample/text"), "hello\n");
        string package = Path.Combine(_directory.Path, $"sample-{compression}.deb");
        Tool.Run("dpkg-deb", ["--uniform-compression", "-Z" + compression, "-b", root, package]);
        return package;
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_small_package_that_unpacks_to_too_much_is_refused_even_if_nobody_wants_its_files(string compression)
    {
        string root = Directory.CreateDirectory(Path.Combine(_directory.Path, "bomb")).FullName;
        using (var file = File.Create(Path.Combine(root, "zeroes"))) file.SetLength(80 << 20);
        string package = MakeData(compression, Tool.Run("tar", ["-c", "-C", root, "zeroes"]));
        Assert.InRange(new FileInfo(package).Length, 1, 1 << 20);
        var error = Assert.Throws<PackageException>(() => DebPackage.ReadFiles(package, _ => false, limit: 64 << 20).ToList());
        Assert.Contains("more than 67108864 bytes", error.Message, StringComparison.Ordinal);
        Assert.Empty(DebPackage.ReadFiles(package, _ => false));
    }

    [Theory]
    [InlineData('x', 0x7000_0000)]
    [InlineData('L', 0x7000_0000)]
    [InlineData('x', 0xF000_0000)]
    [InlineData('g', 0xF000_0000)]
    [InlineData('K', 0xF000_0000)]
    [InlineData('0', 0x1_0000_0000_0000)]
    public void A_tar_header_that_promises_the_moon_is_refused(char type, long size)
    {
        var header = new byte[512 * 4096];
        "name"u8.CopyTo(header);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        header[156] = (byte)type;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), size);      // base 256, as GNU tar writes large sizes
        header[124] = 0x80;
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header.AsSpan(0, 512)) sum += b;
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        string package = MakeData("none", header);
        Assert.Throws<PackageException>(() => DebPackage.ReadFiles(package, _ => true).ToList());
    }

    /// <summary>A package whose data archive is <paramref name="tar"/>.</summary>
    private string MakeData(string compression, byte[] tar)
    {
        var (extension, data) = compression switch
        {
            "xz" => (".xz", Tool.Run("xz", ["-1", "-c"], tar)),
            "gzip" => (".gz", Tool.Run("gzip", ["-c"], tar)),
            "zstd" => (".zst", Tool.Run("zstd", ["-q", "-c"], tar)),
            _ => ("", tar),
        };
        string package = Path.Combine(_directory.Path, $"data-{compression}.deb");
        _directory.Write("debian-binary", "2.0\n"u8.ToArray());
        _directory.Write("data.tar" + extension, data);
        Tool.Run("ar", ["rc", package, "debian-binary", "data.tar" + extension], directory: _directory.Path);
        return package;
    }

    [Fact]
    public void A_field_of_many_lines_is_read_in_one_go()
    {
        string text = "Package: sample\nDescription: many\n" + string.Concat(Enumerable.Repeat(" x\n", 300_000)) + "Depends: a (>= 1), b | c\n\nPackage: other\n";
        var lasting = System.Diagnostics.Stopwatch.StartNew();
        var paragraph = ControlParagraph.Parse(text);
        Assert.InRange(lasting.Elapsed.TotalSeconds, 0, 3);
        Assert.Equal(("sample", 300_001), (paragraph["Package"], paragraph["Description"].Split('\n').Length));
        Assert.Equal(["a", "b"], paragraph.Dependencies());
    }
}

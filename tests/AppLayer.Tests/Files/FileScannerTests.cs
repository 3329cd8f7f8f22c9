using System.Net.Sockets;
using AppLayer.Files;
using AppLayer.Tests.Registry.Text;
using AppLayer.Tests.Store;
using VirtFoundation;
using VirtSpecs;
using VirtTools.Tests;

namespace AppLayer.Tests.Files;

public sealed class FileScannerTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [RootFact]
    public void Marks_that_overlayfs_makes_are_read_as_deletions()
    {
        // The kernel makes them, in a mount namespace that ends with the shell.
        _fixture.Shell(
            $$"""
            mkdir -p lower/d lower/kept up work view; echo 1 > lower/gone; echo 2 > lower/d/below; echo 3 > lower/kept/f
            unshare -m bash -euc 'mount -t overlay overlay -o lowerdir=lower,upperdir=up,workdir=work,userxattr view
            rm view/gone view/kept/f; rm -r view/d; mkdir view/d; echo new > view/d/new'
            """);

        var files = FileScanner.Scan(Path.Combine(_fixture.Source, "up"), LayerPlatform.Linux).Files;

        Assert.Equal(
            [
                ("{Root}", FileKind.Directory, false), ("{Root}/d", FileKind.Directory, true), ("{Root}/d/new", FileKind.File, false),
                ("{Root}/gone", FileKind.Whiteout, false), ("{Root}/kept", FileKind.Directory, false), ("{Root}/kept/f", FileKind.Whiteout, false),
            ],
            files.Entries.Select(entry => (entry.Path, entry.Kind, entry.Opaque)));
        Assert.All(files.Entries, entry => Assert.Empty(entry.ExtendedAttributes));
    }

    [RootFact]
    public void Committed_deletions_delete_when_the_tree_is_mounted()
    {
        _fixture.Shell("mkdir d opaque; mknod gone c 0 0; setfattr -n user.overlay.opaque -v y opaque; echo new > opaque/new");
        var tree = _fixture.Store.TreeDirectory(_fixture.Commit().Id);

        var seen = _fixture.Shell(
            $"""
            cd '{Directory.CreateDirectory(_fixture["mounts"]).FullName}'; mkdir -p base/opaque view; echo old > base/gone; echo old > base/opaque/old
            unshare -m bash -euc "mount -t overlay overlay -o lowerdir='{tree}':base,userxattr view; cd view; find . | sort"
            """);

        Assert.Equal(".\n./d\n./opaque\n./opaque/new\n", seen);
    }

    [LinuxFact]
    public void What_a_layer_cannot_hold_is_told()
    {
        _fixture.Shell("mkfifo pipe; printf x > $'bad\\xff'; ln -s $'bad\\xfe' link; echo a > fine; touch -d '1500-01-01' old; ln -s x fine-link");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_fixture.Source, "s")));
        var setAcl = ToolFactAttribute.IsThere("setfacl");
        if (setAcl) _fixture.Shell("setfacl -m u:1234:r fine");

        var scan = FileScanner.Scan(_fixture.Source, LayerPlatform.Linux, digests: true);

        Assert.Equal(["{Root}", "{Root}/fine", "{Root}/fine-link", "{Root}/old"], scan.Files.Entries.Select(entry => entry.Path));
        var kinds = scan.Problems.Select(problem => (problem.Kind, problem.Path)).ToHashSet();
        Assert.Superset(
            new HashSet<(FileProblemKind, string)> { (FileProblemKind.Special, "pipe"), (FileProblemKind.Special, "s"), (FileProblemKind.Name, "badÿ"), (FileProblemKind.Name, "link") },
            kinds);
        Assert.Equal(setAcl, kinds.Contains((FileProblemKind.Attribute, "fine")));
        var check = _fixture.Store.Test(_fixture.Commit().Id);
        Assert.True(check.IsSound);
        Assert.Contains(check.Findings, finding => finding is { Code: AppLayer.Store.FindingCode.NotCommitted, Path: "pipe" });
    }

    [LinuxFact]
    public void Names_that_differ_only_in_case_are_told_on_Windows()
    {
        _fixture.Shell("mkdir -p 'drive_c/Program Files/Demo' 'drive_c/program files/demo'; cd 'drive_c/Program Files/Demo'; echo 1 > a; echo 2 > A; echo 3 > 'b:c'");
        File.WriteAllText(Path.Combine(_fixture.Source, "system.reg"), "no content");

        var scan = FileScanner.Scan(_fixture.Source, LayerPlatform.Windows);

        Assert.Equal(
            ["{ProgramFiles}", "{ProgramFiles}/Demo", "{ProgramFiles}/Demo/A", "{ProgramFiles}/Demo/a", "{SystemDrive}"],
            scan.Files.Entries.Select(entry => entry.Path));
        Assert.Contains(scan.Problems, problem => problem is { Kind: FileProblemKind.Case, Path: "drive_c/Program Files/Demo/a" });
        Assert.Contains(scan.Problems, problem => problem is { Kind: FileProblemKind.Root, Path: "drive_c/program files" });
        Assert.Contains(scan.Problems, problem => problem is { Kind: FileProblemKind.Name, Path: "drive_c/Program Files/Demo/b:c" });
    }

    [LinuxFact]
    public void No_symbolic_link_is_followed()
    {
        _fixture.Shell("mkdir outside in; echo secret > outside/f; ln -s ../outside in/dir; ln -s ../outside/f in/file; ln -s / in/root");

        var files = FileScanner.Scan(Path.Combine(_fixture.Source, "in"), LayerPlatform.Linux, digests: true).Files;

        Assert.Equal(["{Root}", "{Root}/dir", "{Root}/file", "{Root}/root"], files.Entries.Select(entry => entry.Path));
        Assert.Equal(3, files.Entries.Count(entry => entry.Kind == FileKind.SymbolicLink));
    }

    [LinuxFact]
    public void Names_of_one_file_bear_one_number_in_the_order_of_their_paths()
    {
        _fixture.Shell("echo 1 > z; ln z a; echo 2 > c; ln c b; echo 3 > alone; ln alone ../outside-name");

        var files = FileScanner.Scan(_fixture.Source, LayerPlatform.Linux).Files;

        Assert.Equal([("a", 1), ("alone", 0), ("b", 2), ("c", 2), ("z", 1)], files.Entries.Skip(1).Select(entry => (entry.Path[7..], entry.HardLink)));
        Assert.Equal(6, files.Bytes);
    }

    [LinuxFact]
    public void Directory_that_cannot_be_read_is_an_error()
    {
        Assert.Equal(VirtErrorCode.StorageFailed,
            Assert.Throws<VirtException>(() => FileScanner.Scan(_fixture["nowhere"], LayerPlatform.Linux)).Code);
    }

    [ToolFact("wine")]
    public void Attributes_are_those_that_Wine_shows()
    {
        using var prefix = new WinePrefix();
        var source = Path.Combine(prefix.Folder, "prefix");
        _fixture.Shell($"mkdir -p '{source}/drive_c/attrs'; cd '{source}/drive_c/attrs'; touch plain hidden system both readonly .dot");
        void Attrib(string flag, string name) => prefix.Run("attrib", flag, $@"C:\attrs\{name}");
        Attrib("+h", "hidden");
        Attrib("+s", "system");
        Attrib("+h", "both");
        Attrib("+s", "both"); // Of two in one command Wine's attrib takes the last.
        Attrib("+r", "readonly");
        prefix.WaitForServer();

        var files = FileScanner.Scan(source, LayerPlatform.Windows).Files;

        var attributes = files.Entries.Where(entry => entry.Path.StartsWith("{SystemDrive}/attrs/", StringComparison.Ordinal))
            .ToDictionary(entry => entry.Path[20..], entry => entry.Attributes);
        Assert.Equal(FileAttributes.None, attributes["plain"]);
        Assert.Equal(FileAttributes.Hidden, attributes["hidden"]);
        Assert.Equal(FileAttributes.System, attributes["system"]);
        Assert.Equal(FileAttributes.Hidden | FileAttributes.System, attributes["both"]);
        Assert.Equal(FileAttributes.ReadOnly, attributes["readonly"]);
        Assert.Equal(FileAttributes.Hidden, attributes[".dot"]);
        // And a layer's tree shows the same again.
        _fixture.Shell($"mkdir drive_c; cp -a '{source}/drive_c/attrs' drive_c");
        var layer = _fixture.Commit(platform: LayerPlatform.Windows);
        Assert.Equal(
            _fixture.Shell("getfattr -dR -m user.DOSATTRIB drive_c | sort"),
            _fixture.Shell($"cd '{_fixture.Store.TreeDirectory(layer.Id)}'; getfattr -dR -m user.DOSATTRIB drive_c | sort"));
        Assert.True(_fixture.Store.Test(layer.Id).IsSound);
    }
}

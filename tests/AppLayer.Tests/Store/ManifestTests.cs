using System.Diagnostics;
using System.Text;
using AppLayer.Files;
using AppLayer.Store;
using VirtSpecs;

namespace AppLayer.Tests.Store;

public sealed class ManifestTests
{
    private const string Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public static TheoryData<string, string> Hostile => new()
    {
        { File("{Root}/a/../../etc/passwd"), "leaves its root" },
        { File("{Root}/.."), "leaves its root" },
        { File("{Root}/./a"), "leaves its root" },
        { File("{Root}//a"), "empty" },
        { File("{Root}/a/"), "empty" },
        { File("{Root}/"), "is not how" },
        { File("~/etc/passwd"), "no known root" },
        { File("{SystemDrive}/x"), "no known root" },
        { File("{root}/x"), "is not how" },
        { File("{Root}/a\\u0000b"), "NUL" },
        { File("{Root}/\\ud800"), "path" },
        { File("{Root}/a") + File("{Root}/a"), "not behind" },
        { File("{Root}/b") + File("{Root}/a"), "not behind" },
        { File("{Root}/a") + File("{Root}/a/b"), "lies in no directory" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"link\",\"target\":\"/\"}\n" + File("{Root}/a/b"), "lies in no directory" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"whiteout\"}\n" + File("{Root}/a/b"), "lies in no directory" },
        { File("{Root}/none/b"), "lies in no directory" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"link\"}\n", "target" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"link\",\"target\":\"\"}\n", "no link has" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"file\"}\n", "length and content" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"device\"}\n", "no kind" },
        { "{\"kind\":\"file\"}\n", "expected" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"mode\":4096}\n", "whole number" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"mode\":-1}\n", "whole number" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"mode\":1,\"mode\":1}\n", "twice" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"colour\":1}\n", "no such member" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\"} {}\n", "single JSON value" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"extendedAttributes\":{\"trusted.x\":\"\"}}\n", "no place" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"extendedAttributes\":{\"user.overlay.redirect\":\"\"}}\n", "no place" },
        { "{\"path\":\"{Root}/a\",\"kind\":\"directory\",\"extendedAttributes\":{\"user.x\":\"!\"}}\n", "base64" },
        { File("{Root}/a", "\"hardLink\":1,"), "no other name" },
        { File("{Root}/a", "\"hardLink\":2,") + File("{Root}/b", "\"hardLink\":2,"), "out of order" },
        { File("{Root}/a", "\"mode\":1,\"hardLink\":1,") + File("{Root}/b", "\"hardLink\":1,"), "differ" },
    };

    private static string Head(int entries) => $"{{\"format\":\"virttools layer files\",\"formatVersion\":1,\"platform\":\"linux\",\"entries\":{entries}}}\n";

    private static string Root => "{\"path\":\"{Root}\",\"kind\":\"directory\",\"mode\":493}\n";

    [Fact]
    public void Files_come_back_as_they_were_and_give_the_same_bytes()
    {
        var files = Sample();

        var bytes = Manifest.Write(files);
        var read = Manifest.Read(bytes.Span);

        Assert.Equal(bytes.ToArray(), Manifest.Write(read).ToArray());
        Assert.Equal(LayerDigest.Of(files, null), LayerDigest.Of(read, null));
        Assert.True(read.TryGet("{programfiles}/DEMO/App.exe", out var entry));
        Assert.Equal("DEMO~1.EXE", entry.ShortName);
        Assert.Equal(FileAttributes.Hidden | FileAttributes.System, entry.Attributes);
        Assert.Equal([1, 2, 3], entry.Security!.Value.ToArray());
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Manifest_that_means_harm_is_refused_with_place_and_field(string lines, string problem)
    {
        var text = Head(1 + lines.Count(letter => letter == '\n')) + Root + lines;

        var fault = Assert.Throws<ManifestException>(() => Manifest.Read(Encoding.UTF8.GetBytes(text)));

        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
        Assert.InRange(fault.Offset, Head(1).Length, text.Length);
    }

    [Fact]
    public void Windows_names_hold_no_separators_drives_or_streams()
    {
        foreach (var name in (string[])[@"..\\..\\x", "c:x", "a\\u0001"])
        {
            var text = Head(2).Replace("linux", "windows", StringComparison.Ordinal)
                + "{\"path\":\"{SystemDrive}\",\"kind\":\"directory\"}\n" + File($"{{SystemDrive}}/{name}");
            Assert.Contains("backslash", Assert.Throws<ManifestException>(() => Manifest.Read(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Newer_manifest_is_refused_with_a_clear_word()
    {
        var text = Head(0).Replace("\"formatVersion\":1", "\"formatVersion\":2", StringComparison.Ordinal);

        Assert.Contains("newer", Assert.Throws<ManifestException>(() => Manifest.Read(Encoding.UTF8.GetBytes(text))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Number_of_entries_takes_no_memory_that_the_file_does_not_have()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ManifestException>(() => Manifest.Read(Encoding.UTF8.GetBytes(Head(1 << 30))));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Changed_manifest_is_read_or_refused_but_never_anything_else()
    {
        var whole = Manifest.Write(Sample()).ToArray();
        var random = new Random(5);
        string[] pieces = ["{", "}", "\"", ",", ":", "\n", "0", "18446744073709551616", "-1", "null", "true", "[", "\\u0000", "..", "{Root}", "{SystemDrive}", "\"path\"", "\"hardLink\":"];
        var (read, clock) = (0, Stopwatch.StartNew());
        for (var i = 0; i < 20_000; i++)
        {
            var text = new List<byte>(whole);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(text.Count);
                switch (random.Next(5))
                {
                    case 0: text[at] = (byte)random.Next(256); break;
                    case 1: text.RemoveRange(at, Math.Min(random.Next(1, 40), text.Count - at)); break;
                    case 2: text.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)])); break;
                    case 3: ExchangeLines(text, random); break;
                    default: text.InsertRange(at, text.GetRange(random.Next(text.Count / 2), random.Next(text.Count / 2))); break;
                }

                if (text.Count == 0) text.Add(0);
            }

            try
            {
                var files = Manifest.Read(text.ToArray());
                read++;
                foreach (var entry in files.Entries) Assert.NotNull(ManifestPaths.PlaceOf(entry.Path, files.Platform, out _));
                Assert.Equal(files.Entries.Count, Manifest.Read(Manifest.Write(files).Span).Entries.Count);
            }
            catch (ManifestException e)
            {
                Assert.InRange(e.Offset, 0, text.Count);
            }
        }

        Assert.True(read > 100, $"Only {read} could be read.");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    private static void ExchangeLines(List<byte> text, Random random)
    {
        var lines = Encoding.Latin1.GetString([.. text]).Split('\n');
        var (one, other) = (random.Next(lines.Length), random.Next(lines.Length));
        (lines[one], lines[other]) = (lines[other], lines[one]);
        text.Clear();
        text.AddRange(Encoding.Latin1.GetBytes(string.Join('\n', lines)));
    }

    private static string File(string path, string more = "") =>
        $"{{\"path\":\"{path}\",\"kind\":\"file\",{more}\"length\":0,\"content\":\"{Digest}\"}}\n";

    private static FileTree Sample() => new(LayerPlatform.Windows,
    [
        new() { Path = "{SystemDrive}", Kind = FileKind.Directory, Mode = 0x1ed, Modified = new(1) },
        new() { Path = "{ProgramFiles}", Kind = FileKind.Directory, Mode = 0x1ed, Modified = new(132_000_000_000_000_001) },
        new() { Path = "{ProgramFiles}/Demo", Kind = FileKind.Directory, Opaque = true, Created = new(7) },
        new()
        {
            Path = "{ProgramFiles}/Demo/app.exe", Kind = FileKind.File, ShortName = "DEMO~1.EXE", Security = new byte[] { 1, 2, 3 },
            Attributes = FileAttributes.Hidden | FileAttributes.System, HardLink = 1, Length = 5, Content = ContentDigest.Of("hello"u8), UserId = uint.MaxValue,
            ExtendedAttributes = [new("security.capability", new byte[] { 9 }), new("user.x", ReadOnlyMemory<byte>.Empty)],
        },
        new()
        {
            Path = "{ProgramFiles}/Demo/app2.exe", Kind = FileKind.File, HardLink = 1, Length = 5, Content = ContentDigest.Of("hello"u8), UserId = uint.MaxValue,
            ExtendedAttributes = [new("security.capability", new byte[] { 9 }), new("user.x", ReadOnlyMemory<byte>.Empty)],
        },
        new() { Path = "{ProgramFiles}/Demo/ü ☃ 💾.txt", Kind = FileKind.File, Content = ContentDigest.Of([]), Modified = new(ulong.MaxValue) },
        new() { Path = "{ProgramFiles}/Demo/link", Kind = FileKind.SymbolicLink, Target = "../\"quoted\"\n" },
        new() { Path = "{ProgramFiles}/gone", Kind = FileKind.Whiteout },
    ]);
}

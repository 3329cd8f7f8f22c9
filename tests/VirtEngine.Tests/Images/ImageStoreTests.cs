using VirtEngine.Boot;
using VirtEngine.Images;
using VirtEngine.Tests.Boot;
using VirtTools.Tests;

namespace VirtEngine.Tests.Images;

public sealed class ImageStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly string _root;
    private readonly ImageStore _store;

    public ImageStoreTests()
    {
        _root = Path.Combine(_directory.Path, "root");
        _store = new ImageStore(_root);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_is_installed_is_listed_found_sound_and_removed()
    {
        Assert.Empty(_store.List().Images);
        var image = _store.Install(Content("lab"));
        Assert.Equal(image.Digest, Assert.Single(_store.List().Images).Digest);
        Assert.Equal(image.Digest, _store.Find("lab").Digest);
        Assert.Equal(image.Digest, _store.Find(image.Digest[..8]).Digest);
        Assert.Empty(_store.Test(image.Digest));
        Assert.Equal(File.ReadAllBytes(Path.Combine(_directory.Path, "initrd")), File.ReadAllBytes(image.InitrdPath!));
        Assert.Equal(new FileInfo(image.KernelPath).Length + new FileInfo(image.InitrdPath!).Length, image.Size);
        Assert.Equal(2, image.Sources.Count);

        Assert.Throws<ImageStoreException>(() => _store.Remove(image.Digest, digest => digest == image.Digest));
        Assert.Single(_store.List().Images);
        _store.Remove(image.Digest, _ => false);
        Assert.Empty(_store.List().Images);
        Assert.Contains("no image 'lab'", Assert.Throws<ImageStoreException>(() => _store.Find("lab")).Message, StringComparison.Ordinal);
        Assert.Throws<ImageStoreException>(() => _store.Remove(image.Digest, _ => false));
    }

    [Fact]
    public void The_same_content_is_one_image_and_the_newest_of_a_name_is_meant()
    {
        var first = _store.Install(Content("lab"));
        Assert.Equal(first.Created, _store.Install(Content("other")).Created);
        var second = _store.Install(Content("lab") with { CommandLine = "console=ttyS0 quiet" });
        Assert.NotEqual(first.Digest, second.Digest);
        Assert.Equal(second.Digest, _store.Find("lab").Digest);
        Assert.Equal(2, _store.List().Images.Count);
    }

    [Fact]
    public void Nobody_else_can_read_the_store()
    {
        var image = _store.Install(Content("lab"));
        Assert.Equal("700", Mode(Path.Combine(_root, "images")));
        Assert.Equal("700", Mode(Path.GetDirectoryName(image.KernelPath)!));
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(image.KernelPath)!)) Assert.Equal("600", Mode(file));

        static string Mode(string path) => Tool.RunText("stat", "-c", "%a", path).Trim();
    }

    [Fact]
    public void Failure_at_any_step_of_an_installation_leaves_the_old_or_the_new_store() =>
        Sweep(failing => failing.Install(Content("lab")), before: 1, after: 2);

    [Fact]
    public void Failure_at_any_step_of_a_removal_leaves_the_old_or_the_new_store() =>
        Sweep(failing => failing.Remove(failing.Find("base").Digest, _ => false), before: 1, after: 0);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Power_lost_at_any_step_of_an_installation_leaves_the_old_or_the_new_store(bool keepNames)
    {
        int old = 0, done = 0;
        for (int until = 1; ; until++)
        {
            if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
            _store.Install(Content("base") with { CommandLine = "base" });
            var files = new PowerLossFileOperations(until);
            bool told = false;
            try
            {
                new ImageStore(_root, files).Install(Content("lab"));
                told = true;
            }
            catch (IOException) when (files.Failed)
            {
            }
            files.Settle(keepNames);
            var list = _store.List();
            Assert.Empty(list.Problems);
            Assert.All(list.Images, image => Assert.Empty(_store.Test(image.Digest)));
            Assert.Contains(list.Images, image => image.Name == "base");
            // What the caller was told is there stays there.
            if (told) Assert.Equal(2, list.Images.Count);
            if (list.Images.Count == 1) old++;
            else done++;
            _store.Install(Content("next") with { CommandLine = "next" });
            if (!files.Failed) break;
        }
        Assert.True(old > 5 && done > 0, $"{old} old, {done} new");
    }

    [Fact]
    public void Damage_is_found_and_a_damaged_image_can_be_removed()
    {
        var image = _store.Install(Content("lab"));
        using (var file = File.OpenWrite(image.InitrdPath!)) file.WriteByte(0x55);
        Assert.Contains("initrd has SHA-256", Assert.Single(_store.Test(image.Digest)), StringComparison.Ordinal);
        File.Delete(image.KernelPath);
        Assert.Contains("kernel is missing", _store.Test(image.Digest));

        string record = Path.Combine(Path.GetDirectoryName(image.KernelPath)!, "image.json");
        string good = File.ReadAllText(record);
        foreach (var (text, words) in new[]
        {
            (good.Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal), "Use a newer VirtTools"),
            (good.Replace(image.Digest, new string('0', 64), StringComparison.Ordinal), "another image"),
            (good[..50], "cannot be read"),
            ("[]", "cannot be read"),
            ("{\"formatVersion\":1}", "cannot be read"),
            ("", "cannot be read"),
        })
        {
            File.WriteAllText(record, text);
            Assert.Contains(words, Assert.Single(_store.List().Problems).Problem, StringComparison.Ordinal);
            Assert.Empty(_store.List().Images);
        }
        _store.Remove(image.Digest, _ => false);
        Assert.Empty(_store.List().Problems);
    }

    [Fact]
    public void What_cannot_be_installed_leaves_nothing()
    {
        Assert.Throws<KernelFormatException>(() => _store.Install(Content("lab") with { Kernel = _directory.Write("text", "hello\n"u8.ToArray()) }));
        Assert.Throws<FileNotFoundException>(() => _store.Install(Content("lab") with { Initrd = Path.Combine(_directory.Path, "missing") }));
        foreach (string name in (string[])["", "../x", ".hidden", "a b", new string('a', 65), new string('0', 64)])
            Assert.Throws<ImageStoreException>(() => _store.Install(Content(name)));
        Assert.Throws<OperationCanceledException>(() => _store.Install(Content("lab"), new CancellationToken(true)));
        Assert.Empty(_store.List().Images);
        Assert.Empty(Directory.GetDirectories(Path.Combine(_root, "images")));
    }

    [Fact]
    public async Task Commands_at_the_same_time_take_turns()
    {
        var contents = Enumerable.Range(0, 8).Select(i => Content("lab") with { CommandLine = $"n={i % 4}" }).ToArray();
        await Task.WhenAll(contents.Select(content => Task.Run(() => new ImageStore(_root).Install(content))));
        Assert.Equal(4, _store.List().Images.Count);
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(_root, "images")).Length);
    }

    private void Sweep(Action<ImageStore> change, int before, int after)
    {
        foreach (bool killed in (bool[])[false, true])
        {
            int failAt = 1, old = 0, done = 0;
            for (; ; failAt++)
            {
                if (Directory.Exists(_root)) Directory.Delete(_root, recursive: true);
                _store.Install(Content("base") with { CommandLine = "base" });
                var files = new FailingFileOperations((_, step) => step == failAt || (killed && step > failAt));
                try
                {
                    change(new ImageStore(_root, files));
                }
                catch (IOException) when (files.Failed)
                {
                }
                var list = _store.List();
                Assert.Empty(list.Problems);
                Assert.True(list.Images.Count == before || list.Images.Count == after, $"step {failAt}: {list.Images.Count} images");
                if (list.Images.Count == before) old++;
                else done++;
                Assert.All(list.Images, image => Assert.Empty(_store.Test(image.Digest)));

                // The next command works and cleans up.
                _store.Install(Content("next") with { CommandLine = "next" });
                Assert.Equal(_store.List().Images.Count, Directory.GetDirectories(Path.Combine(_root, "images")).Length);
                if (!files.Failed) break;
            }
            Assert.True(old > 0 && done > 1 && failAt > 3, $"{failAt} steps, {old} old, {done} new");
        }
    }

    private ImageContent Content(string name) => new()
    {
        Name = name,
        Kernel = _directory.Write("kernel", KernelFiles.Elf()),
        Initrd = _directory.Write("initrd", "an initrd"u8.ToArray()),
    };
}

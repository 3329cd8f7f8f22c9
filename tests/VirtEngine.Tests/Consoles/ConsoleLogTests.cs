using System.Text;
using VirtEngine.Consoles;
using VirtTools.Tests;

namespace VirtEngine.Tests.Consoles;

public sealed class ConsoleLogTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Readers_keep_their_own_place_and_a_slow_one_skips_what_is_gone()
    {
        using var log = new ConsoleLog(_directory.Path, fileSize: 8);
        log.Append("abcdefghijklmnopqrstuvwxyz"u8);
        var buffer = new byte[100];
        var offset = 0L;

        var first = log.Read(ref offset, buffer);

        Assert.Equal(26, log.Length);
        Assert.Equal(16, offset);
        Assert.Equal("qrstuvwx", Encoding.ASCII.GetString(buffer, 0, first));
        offset += first;
        Assert.Equal("yz", Encoding.ASCII.GetString(buffer, 0, log.Read(ref offset, buffer)));
        offset += 2;
        Assert.Equal(0, log.Read(ref offset, buffer));
        Assert.Equal(2, Directory.GetFiles(_directory.Path).Length);
    }

    [Fact]
    public async Task A_reader_waits_for_more_and_for_the_end()
    {
        using var log = new ConsoleLog(_directory.Path);
        var more = log.WaitAsync(0, CancellationToken.None).AsTask();
        Assert.False(more.IsCompleted);

        log.Append("x"u8);
        Assert.True(await more);
        var end = log.WaitAsync(1, CancellationToken.None).AsTask();
        log.End();

        Assert.False(await end);
    }

    [Fact]
    public void The_next_run_begins_anew_and_the_last_one_is_kept_beside()
    {
        using (var first = new ConsoleLog(_directory.Path))
        {
            first.Append("first"u8);
        }

        using (var second = new ConsoleLog(_directory.Path))
        {
            second.Append("second"u8);
        }

        using var third = new ConsoleLog(_directory.Path);
        third.Append("third"u8);

        Assert.Equal("third", Encoding.ASCII.GetString(Assert.Single(ConsoleFiles.ReadAll(_directory.Path)).Data.Span));
        Assert.Equal("second", File.ReadAllText(Assert.Single(Directory.GetFiles(_directory.Path, "previous.*"))));
    }
}

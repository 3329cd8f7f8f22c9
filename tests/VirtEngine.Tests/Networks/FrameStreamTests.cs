using VirtEngine.Networks;

namespace VirtEngine.Tests.Networks;

public class FrameStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Frames_come_out_as_they_went_in_wherever_the_stream_is_cut(int seed)
    {
        var random = new Random(seed);
        var batch = new FrameBatch(1 << 20);
        var frames = new List<byte[]>();
        for (int i = 0; i < 300; i++)
        {
            byte[] frame = new byte[random.Next(4) == 0 ? random.Next(EthernetFrame.LargestOnStream + 1) : random.Next(1600)];
            random.NextBytes(frame);
            if (batch.TryAppend(frame)) frames.Add(frame);
        }
        var reader = new FrameStreamReader();
        int taken = 0;
        for (var rest = batch.Content; !rest.IsEmpty;)
        {
            var room = reader.Room;
            int count = Math.Min(Math.Min(room.Length, rest.Length), random.Next(1, 40_000));
            rest[..count].CopyTo(room);
            reader.Advance(count);
            rest = rest[count..];
            while (reader.TryTake(out var frame)) Assert.Equal(frames[taken++], frame.ToArray());
        }
        Assert.Equal(frames.Count, taken);
        Assert.InRange(taken, 50, 300);
    }

    [Theory]
    [InlineData(new byte[] { 0, 1, 0, 15 })]      // 65,551
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x80, 0, 0, 0 })]
    public void Length_that_cannot_be_breaks_the_stream(byte[] prefix)
    {
        var reader = new FrameStreamReader();
        prefix.CopyTo(reader.Room);
        reader.Advance(4);
        Assert.False(reader.TryTake(out _));
        Assert.True(reader.IsBroken);
        reader.Clear();
        Assert.False(reader.IsBroken);
    }

    [Fact]
    public void Batch_that_is_full_takes_no_more_and_keeps_what_it_has()
    {
        var batch = new FrameBatch(200);
        Assert.True(batch.TryAppend(new byte[96]));
        Assert.False(batch.TryAppend(new byte[97]));
        Assert.True(batch.TryAppend(new byte[96]));
        Assert.False(batch.TryAppend([]));
        Assert.Equal(200, batch.Length);
    }

    [Fact]
    public void Addresses_are_local_of_one_adapter_and_the_same_each_time()
    {
        var seen = new HashSet<MacAddress>();
        for (int i = 0; i < 1000; i++)
        {
            var id = Guid.NewGuid();
            for (int adapter = 0; adapter < 8; adapter++)
            {
                var address = MacAddress.For(id, adapter);
                Assert.Equal(0x02ul, address.Value >> 40 & 3);
                Assert.Equal(address, MacAddress.For(id, adapter));
                Assert.True(seen.Add(address));
                Assert.True(MacAddress.TryParse(address.ToString(), out var parsed));
                Assert.Equal(address, parsed);
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("02:00:00:00:00")]
    [InlineData("02:00:00:00:00:0g")]
    [InlineData("02:00:00:00:00:001")]
    [InlineData("02.00.00.00.00.01")]
    public void Text_that_is_no_address_is_refused(string text) => Assert.False(MacAddress.TryParse(text, out _));
}

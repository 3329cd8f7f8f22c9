using VirtEngine.Tests.Chipset;
using VirtEngine.Virtio;

namespace VirtEngine.Tests.Virtio;

public sealed class VirtioPciTests : IDisposable
{
    private const ulong Version1 = 1ul << 32, Indirect = 1ul << 28;

    private readonly VirtioDriver _driver = new(memory => new VirtioRng(memory));

    public void Dispose() => _driver.Dispose();

    private string? Reason => _driver.Function.Device.Reason;

    [Fact]
    public void Driver_finds_a_modern_entropy_device()
    {
        Assert.Equal(0x1044_1AF4ul, _driver.Config(0, 4));
        Assert.Equal(Version1 | Indirect, _driver.OfferedFeatures());
        Assert.Equal(1ul, _driver.Common(0x12, 2));
        Assert.Equal(64ul, _driver.Common(0x18, 2));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(Version1 | 1)]
    [InlineData(Indirect)]
    public void Features_that_are_not_offered_or_legacy_are_refused(ulong features)
    {
        _driver.Start(features);
        Assert.Equal(3, _driver.Status);
    }

    [Fact]
    public void Guest_gets_random_bytes_and_an_interrupt()
    {
        _driver.Start(Version1);
        _driver.Queue(0).Give(64);
        byte[] data = _driver.Queue(0).TakeUsed()!;
        Assert.Equal(64, data.Length);
        Assert.True(data.Distinct().Count() > 20);
        Assert.Equal([(0xFEE0_0000ul, 0x41u)], _driver.Msi.Take());
        _driver.Queue(0).Give(64);
        Assert.NotEqual(data, _driver.Queue(0).TakeUsed());
    }

    [Fact]
    public void Driver_that_asks_for_silence_gets_no_interrupt()
    {
        _driver.Start(Version1);
        _driver.Write16(_driver.Queue(0).Available, 1);
        _driver.Queue(0).Give();
        Assert.NotNull(_driver.Queue(0).TakeUsed());
        Assert.Empty(_driver.Msi.Take());
    }

    [Fact]
    public void Without_msix_the_pin_interrupts_until_isr_is_read()
    {
        _driver.Start(Version1, msiX: false);
        _driver.Queue(0).Give();
        Assert.True(_driver.Line.Level);
        Assert.Equal(8ul, _driver.Config(6, 2) & 8);
        _driver.SetConfig(4, 2, 0x406);      // INTx disabled
        Assert.False(_driver.Line.Level);
        _driver.SetConfig(4, 2, 6);
        Assert.True(_driver.Line.Level);
        Assert.Equal(1, _driver.Isr);
        Assert.Equal(0, _driver.Isr);
        Assert.False(_driver.Line.Level);
    }

    [Fact]
    public void Request_is_bounded_whatever_the_buffer()
    {
        _driver.Start(Version1);
        var queue = _driver.Queue(0);
        queue.SetDescriptor(0, 0x10_0000, 1 << 20, 2);
        queue.Offer(0);
        Assert.Equal(4096u, _driver.Read32(queue.Used + 8));
    }

    [Fact]
    public void Indirect_and_chained_buffers_are_filled_in_order()
    {
        _driver.Start(Version1 | Indirect);
        var queue = _driver.Queue(0);
        queue.SetDescriptor(2, 0x10_0000, 10, 3, 3);
        queue.SetDescriptor(3, 0x10_1000, 20, 2);
        queue.SetDescriptor(0, queue.Descriptors + 32, 32, 4);          // its table: descriptors 2 and 3, numbered 0 and 1
        queue.SetDescriptor(2, 0x10_0000, 10, 3, 1);
        queue.Offer(0);
        Assert.Equal(30u, _driver.Read32(queue.Used + 8));
        byte[] second = new byte[21];
        Assert.True(_driver.Memory.TryRead(0x10_1000, second));
        Assert.Contains(second[..20], b => b != 0);
        Assert.Equal(0, second[20]);
    }

    [Fact]
    public void Loop_of_descriptors_stops_the_device_with_a_reason() => Fails(queue =>
    {
        queue.SetDescriptor(0, 0x10_0000, 16, 3, 1);
        queue.SetDescriptor(1, 0x10_0000, 16, 3, 0);
        queue.Offer(0);
    }, "descriptors");

    [Fact]
    public void Buffer_outside_ram_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, VirtioDriver.RamSize - 8, 16, 2);
        queue.Offer(0);
    }, "outside RAM");

    [Fact]
    public void Buffer_of_4_GiB_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, 0, uint.MaxValue, 2);
        queue.Offer(0);
    }, "outside RAM");

    [Fact]
    public void Address_that_wraps_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, ulong.MaxValue - 4, 16, 2);
        queue.Offer(0);
    }, "outside RAM");

    [Fact]
    public void Head_outside_the_table_stops_the_device() => Fails(queue => queue.Offer(500), "descriptor 500");

    [Fact]
    public void Nested_indirect_table_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, queue.Descriptors, 16, 4);
        queue.Offer(0);
    }, "in an indirect table");

    [Fact]
    public void Crooked_indirect_table_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, queue.Descriptors, 17, 4);
        queue.Offer(0);
    }, "17 bytes");

    [Fact]
    public void Readable_buffer_behind_a_writable_one_stops_the_device() => Fails(queue =>
    {
        queue.SetDescriptor(0, 0x10_0000, 16, 3, 1);
        queue.SetDescriptor(1, 0x10_0000, 16, 0);
        queue.Offer(0);
    }, "behind");

    [Fact]
    public void Index_that_jumps_stops_the_device() => Fails(queue =>
    {
        _driver.Write16(queue.Available + 2, 100);
        _driver.Notify(0);
    }, "100 requests");

    private void Fails(Action<VirtioDriverQueue> act, string reason)
    {
        _driver.Start(Version1 | Indirect);
        act(_driver.Queue(0));
        Assert.Contains(reason, Reason);
        Assert.Equal(0x4F, _driver.Status);
        Assert.Contains((0xFEE0_0000ul, 0x40u), _driver.Msi.Take());     // the configuration interrupt tells the driver
        // It stands still until reset, then works again.
        _driver.Queue(0).Give();
        Assert.Null(_driver.Queue(0).TakeUsed());
        _driver.Memory.Write(_driver.Queue(0).Available, new byte[64]);
        _driver.Memory.Write(_driver.Queue(0).Used, new byte[64]);
        _driver.Start(Version1);
        Assert.Null(Reason);
        _driver.Queue(0).Give();
        Assert.NotNull(_driver.Queue(0).TakeUsed());
    }

    [Fact]
    public void Rings_outside_ram_are_refused_when_the_queue_is_enabled()
    {
        _driver.Status = 0;
        _driver.Status = 3;
        _driver.SetCommon(0x30, 8, VirtioDriver.RamSize - 4);
        _driver.SetCommon(0x1C, 2, 1);
        Assert.Equal(0ul, _driver.Common(0x1C, 2));
        Assert.Equal(0x40, _driver.Status & 0x40);
        Assert.Contains("used ring", Reason);
    }

    [Fact]
    public void Impossible_queue_sizes_are_ignored()
    {
        foreach (ulong size in (ulong[])[0, 3, 63, 128, 0x8000]) _driver.SetCommon(0x18, 2, size);
        Assert.Equal(64ul, _driver.Common(0x18, 2));
        _driver.SetCommon(0x18, 2, 32);
        Assert.Equal(32ul, _driver.Common(0x18, 2));
    }

    [Fact]
    public void Configuration_window_reaches_the_device_without_its_bar()
    {
        int at = _driver.WindowCapability;
        _driver.SetConfig(4, 2, 0);                  // memory space off
        _driver.SetConfig(at + 8, 4, 0x14);          // device_status
        _driver.SetConfig(at + 12, 4, 1);
        _driver.SetConfig(at + 16, 1, 1);
        Assert.Equal(1ul, _driver.Config(at + 16, 1));
        _driver.SetConfig(at + 8, 4, 0x12);
        _driver.SetConfig(at + 12, 4, 2);
        Assert.Equal(1ul, _driver.Config(at + 16, 2));
        _driver.SetConfig(at + 8, 4, 0x8000);        // behind the BAR
        _driver.SetConfig(at + 12, 4, 4);
        _driver.SetConfig(at + 16, 4, 0);
        Assert.Equal(0ul, _driver.Config(at + 16, 4));
    }

    [Fact]
    public void State_moves_to_a_machine_with_the_same_memory()
    {
        _driver.Start(Version1);
        _driver.Queue(0).Give(32);
        Assert.NotNull(_driver.Queue(0).TakeUsed());
        byte[] state = StateRoundTrip.Save(_driver.Function);
        _driver.Status = 0;                          // everything is forgotten
        StateRoundTrip.Load(_driver.Function, state);
        _driver.Queue(0).Give(32);
        Assert.Equal(32, _driver.Queue(0).TakeUsed()!.Length);
    }
}

using System.Globalization;
using System.Buffers.Binary;
using VirtEngine.Balloons;
using VirtEngine.Memory;
using VirtEngine.Tests.Chipset;
using VirtEngine.Virtio;
using VirtTools.Tests;

namespace VirtEngine.Tests.Virtio;

public sealed class VirtioBalloonTests : IDisposable
{
    private const ulong Version1 = 1ul << 32, Everything = Version1 | VirtioBalloon.StatisticsFeature | VirtioBalloon.DeflateOnOom | VirtioBalloon.Reporting;
    private const int Inflate = 0, Deflate = 1, Statistics = 2, Reporting = 3;

    private readonly BalloonControl _control = new();
    private readonly VirtioDriver _driver;

    public VirtioBalloonTests() => _driver = new VirtioDriver(memory => new VirtioBalloon(memory, _control));

    public void Dispose() => _driver.Dispose();

    private static byte[] Numbers(params uint[] pages)
    {
        byte[] bytes = new byte[4 * pages.Length];
        for (int i = 0; i < pages.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), pages[i]);
        return bytes;
    }

    private byte[]? WaitForUsed(int queue)
    {
        byte[]? used = null;
        Assert.True(SpinWait.SpinUntil(() => (used = _driver.Queue(queue).TakeUsed()) is not null, TimeSpan.FromSeconds(20)), "no buffer came back");
        return used;
    }

    private void FillRam(ulong from, ulong length)
    {
        byte[] full = new byte[4096];
        Array.Fill(full, (byte)0xA5);
        for (ulong at = from; at < from + length; at += 4096) _driver.Memory.Write(at, full);
    }

    private bool IsZero(uint page)
    {
        Assert.True(_driver.Memory.TryGetSpan((ulong)page << 12, 4096, out var span));
        return !span.ContainsAnyExcept((byte)0);
    }

    private bool IsFull(uint page)
    {
        Assert.True(_driver.Memory.TryGetSpan((ulong)page << 12, 4096, out var span));
        return !span.ContainsAnyExcept((byte)0xA5);
    }

    [LinuxFact]
    public void Pages_that_the_guest_names_go_and_no_others()
    {
        _driver.Start(Everything);
        FillRam(0x10_0000, 0x10_0000);
        _driver.Queue(Inflate).Send(Numbers(0x110, 0x111, 0x112, 0x120, 0x1FF, 0x115));
        WaitForUsed(Inflate);
        uint[] named = [0x110, 0x111, 0x112, 0x115, 0x120, 0x1FF];
        for (uint page = 0x100; page < 0x200; page++) Assert.True(named.Contains(page) ? IsZero(page) : IsFull(page), $"page {page:x}");
        Assert.Equal(6ul * 4096, _control.ReturnedBytes);
        _driver.Queue(Deflate).Send(Numbers(named));
        WaitForUsed(Deflate);
        FillRam(0x11_0000, 0x1000);
        Assert.True(IsFull(0x110));
    }

    [LinuxFact]
    public void Pages_that_are_no_ram_are_passed_over()
    {
        _driver.Start(Everything);
        FillRam(VirtioDriver.RamSize - 0x1_0000, 0x1_0000);
        uint end = (uint)(VirtioDriver.RamSize >> 12);
        _driver.Queue(Inflate).Send(Numbers(end - 2, end - 1, end, end + 1, 0xC_0000, 0xF_FFFF, 0x10_0000, uint.MaxValue, uint.MaxValue - 1));
        WaitForUsed(Inflate);
        Assert.True(IsZero(end - 1) && IsZero(end - 2) && IsFull(end - 3));
        Assert.Equal(2ul * 4096, _control.ReturnedBytes);
        Assert.Null(_driver.Function.Device.Reason);
    }

    [LinuxFact]
    public void Reported_ranges_go_back_in_whole_pages_alone()
    {
        _driver.Start(Everything);
        FillRam(0x10_0000, 0x10_0000);
        var queue = _driver.Queue(Reporting);
        queue.SetDescriptor(0, 0x11_0000, 0x4000, 3, 1);
        queue.SetDescriptor(1, 0x12_0800, 0x2000, 3, 2);      // one whole page, and two parts
        queue.SetDescriptor(2, 0x13_0800, 0x0FFF, 2);         // no whole page
        queue.Offer(0);
        Assert.True(SpinWait.SpinUntil(() => _driver.Read16(queue.Used + 2) == 1, TimeSpan.FromSeconds(20)));
        uint[] gone = [0x110, 0x111, 0x112, 0x113, 0x121];
        for (uint page = 0x100; page < 0x200; page++) Assert.True(gone.Contains(page) ? IsZero(page) : IsFull(page), $"page {page:x}");
    }

    [LinuxFact]
    public void Host_gets_the_memory()
    {
        using var driver = new VirtioDriver(memory => new VirtioBalloon(memory, _control));
        driver.Start(Everything);
        for (ulong at = 0x10_0000; at < 0x30_0000; at += 4096) driver.Memory.Write(at, [1]);
        driver.Queue(Inflate).Send(Numbers(0x300));       // the rings and buffers are there from now on
        driver.Queue(Inflate).Send(Numbers(0x300));
        Assert.True(SpinWait.SpinUntil(() => driver.Read16(driver.Queue(Inflate).Used + 2) == 2, TimeSpan.FromSeconds(20)));
        long before = ResidentBytes(driver.Memory);
        ulong returned = _control.ReturnedBytes;
        driver.Queue(Inflate).Send(Numbers([.. Enumerable.Range(0x100, 0x100).Select(page => (uint)page)]));
        Assert.True(SpinWait.SpinUntil(() => _control.ReturnedBytes - returned == 0x10_0000, TimeSpan.FromSeconds(20)));
        Assert.Equal(0x10_0000, before - ResidentBytes(driver.Memory));
    }

    // What of the memory the host has provided, as the kernel counts it (proc(5), smaps).
    internal static long ResidentBytes(GuestMemory memory)
    {
        string[] lines = File.ReadAllLines("/proc/self/smaps");
        int mapping = Array.FindIndex(lines, line => line.StartsWith(First(memory), StringComparison.Ordinal));
        string resident = lines.Skip(mapping).First(line => line.StartsWith("Rss:", StringComparison.Ordinal));
        return long.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

        static unsafe string First(GuestMemory memory) => $"{(ulong)memory.Pointer:x}-";
    }

    [Fact]
    public void Request_of_too_many_pages_stops_the_device()
    {
        _driver.Start(Everything);
        var queue = _driver.Queue(Inflate);
        queue.SetDescriptor(0, 0x10_0000, VirtioBalloon.MostPages * 4 + 4, 0);
        queue.Offer(0);
        Assert.True(SpinWait.SpinUntil(() => (_driver.Status & 0x40) != 0, TimeSpan.FromSeconds(20)));
        Assert.Contains("pages", _driver.Function.Device.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Target_reaches_the_guest_and_its_answer_the_host()
    {
        _driver.Start(Everything);
        _driver.Msi.Take();
        _control.TargetPages = 1000;
        Assert.Equal([(0xFEE0_0000ul, 0x40u)], _driver.Msi.Take());
        Assert.Equal(1000ul, _driver.Device(0, 4));
        _driver.SetDevice(4, 4, 900);
        Assert.Equal(900ul, _driver.Device(4, 4));
        Assert.Equal(900u, _control.ActualPages);
        _driver.SetDevice(0, 4, 5);
        _driver.SetDevice(5, 2, 5);
        Assert.Equal(1000ul | 900ul << 32, _driver.Device(0, 8));
    }

    [Fact]
    public void Statistics_come_when_they_are_asked_for()
    {
        _driver.Start(Everything);
        byte[] tags = new byte[20];
        BinaryPrimitives.WriteUInt16LittleEndian(tags, (ushort)BalloonStatistic.FreeMemory);
        BinaryPrimitives.WriteUInt64LittleEndian(tags.AsSpan(2), 12345);
        BinaryPrimitives.WriteUInt16LittleEndian(tags.AsSpan(10), 999);
        _driver.Queue(Statistics).Send(tags);
        Assert.True(SpinWait.SpinUntil(() => _control.Statistics.ContainsKey(BalloonStatistic.FreeMemory), TimeSpan.FromSeconds(20)));
        Assert.Equal(12345ul, Assert.Single(_control.Statistics).Value);
        Assert.Null(_driver.Queue(Statistics).TakeUsed());      // kept until somebody asks again
        byte[] state = StateRoundTrip.Save(_driver.Function);
        _driver.Status = 0;
        StateRoundTrip.Load(_driver.Function, state);
        _control.RefreshStatistics();
        WaitForUsed(Statistics);
        BinaryPrimitives.WriteUInt64LittleEndian(tags.AsSpan(2), 54321);
        _driver.Queue(Statistics).Send(tags);
        Assert.True(SpinWait.SpinUntil(() => _control.Statistics[BalloonStatistic.FreeMemory] == 54321, TimeSpan.FromSeconds(20)));
    }

    [LinuxFact]
    public void Without_statistics_the_reporting_queue_moves_up()
    {
        _driver.Start(Version1 | VirtioBalloon.Reporting);
        FillRam(0x10_0000, 0x2000);
        var queue = _driver.Queue(2);
        queue.SetDescriptor(0, 0x10_0000, 0x1000, 2);
        queue.Offer(0);
        Assert.True(SpinWait.SpinUntil(() => _driver.Read16(queue.Used + 2) == 1, TimeSpan.FromSeconds(20)));
        Assert.True(IsZero(0x100) && IsFull(0x101));
    }
}

using System.Text;
using VirtEngine.Channels;
using VirtEngine.Chipset;
using VirtEngine.Time;

namespace VirtEngine.Tests.Chipset;

public sealed class UartTests : IDisposable
{
    private readonly MachineClock _clock = new();
    private readonly RecordingLine _line = new();
    private readonly GuestChannel _channel = new(1024, 64, open: true);
    private readonly Uart _uart;

    public UartTests() => _uart = new Uart(_clock, _line, _channel, Uart.Com1, "uart.com1");

    public void Dispose()
    {
        _uart.Dispose();
        _channel.Dispose();
        _clock.Dispose();
    }

    private byte In(int register) => (byte)_uart.ReadPort((ushort)(Uart.Com1 + register), 1);

    private void Out(int register, byte value) => _uart.WritePort((ushort)(Uart.Com1 + register), 1, value);

    private async Task<string> ReadAll()
    {
        byte[] buffer = new byte[4096];
        using var limit = new CancellationTokenSource(5000);
        return Encoding.ASCII.GetString(buffer, 0, await _channel.ReadAsync(buffer, limit.Token));
    }

    [Fact]
    public void Kernel_recognises_a_16550A()
    {
        // Linux, autoconfig(): IER's high bits stay clear, loopback shows OUT2 and RTS as DCD and CTS, the FIFO bits are both set.
        Out(1, 0);
        Assert.Equal(0, In(1));
        Out(1, 0x0F);
        Assert.Equal(0x0F, In(1));
        Out(1, 0xF0);
        Assert.Equal(0, In(1));
        Out(4, 0x1A);
        Assert.Equal(0x90, In(6) & 0xF0);
        Out(4, 0);
        Out(2, 1);
        Assert.Equal(0xC0, In(2) & 0xC0);
        Out(3, 0x80);
        Out(0, 12);
        Out(1, 1);
        Assert.Equal((12, 1), (In(0), In(1)));
        Out(3, 3);
        Out(7, 0x5A);
        Assert.Equal(0x5A, In(7));
    }

    [Fact]
    public async Task Host_reads_what_the_guest_prints()
    {
        foreach (byte b in "Linux version 6.1\n"u8.ToArray())
        {
            Assert.Equal(0x60, In(5) & 0x60);
            Out(0, b);
        }
        Assert.Equal("Linux version 6.1\n", await ReadAll());
    }

    [Fact]
    public async Task Backlog_nobody_reads_keeps_the_newest()
    {
        for (int i = 0; i < 5000; i++) Out(0, (byte)('a' + i % 26));
        string kept = await ReadAll();
        Assert.Equal(1024, kept.Length);
        Assert.Equal('a' + 4999 % 26, kept[^1]);
    }

    [Fact]
    public void Transmitter_interrupts_when_enabled_and_after_each_byte()
    {
        Out(4, 8);
        Out(1, 2);
        Assert.Equal(1, _line.Rises);
        Assert.Equal(0x02, In(2));
        Assert.False(_line.Level);       // reading the identification took it
        Assert.Equal(0x01, In(2));
        Out(0, (byte)'x');
        Assert.Equal(2, _line.Rises);
    }

    [Fact]
    public void Interrupt_needs_the_out2_pin()
    {
        Out(1, 2);
        Assert.Equal(0, _line.Rises);
        Out(4, 8);
        Assert.Equal(1, _line.Rises);
    }

    [Fact]
    public async Task Guest_receives_by_trigger_and_by_timeout()
    {
        Out(2, 0x81);                   // FIFO on, trigger at 8
        Out(4, 8);
        Out(1, 1);
        await _channel.WriteAsync("12345678"u8.ToArray(), default);
        Assert.True(_line.Level);
        Assert.Equal(0xC4, In(2));
        for (int i = 0; i < 8; i++) Assert.Equal('1' + i, In(0));
        Assert.False(_line.Level);
        await _channel.WriteAsync("x"u8.ToArray(), default);
        _line.WaitForRise(0);
        Assert.True(_line.WaitForRise());        // the character timeout
        Assert.Equal(0xCC, In(2));
        Assert.Equal(0x61, In(5));
        Assert.Equal((byte)'x', In(0));
        Assert.Equal(0x60, In(5));
    }

    [Fact]
    public async Task Long_input_waits_for_the_guest_and_is_never_overrun()
    {
        Out(2, 0xC1);
        string text = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i:d4}"));
        var writing = _channel.WriteAsync(Encoding.ASCII.GetBytes(text), default).AsTask();
        Assert.False(writing.IsCompleted);      // 64 bytes of channel and 16 of FIFO
        var received = new StringBuilder();
        for (int spins = 0; received.Length < text.Length && spins < 5000; spins++)
        {
            if ((In(5) & 1) != 0) received.Append((char)In(0));
            else await Task.Delay(1);
        }
        Assert.Equal(text, received.ToString());
        await writing;
    }

    [Fact]
    public void Loopback_turns_bytes_around_and_overruns()
    {
        Out(4, 0x10);
        Out(0, 0x42);
        Out(0, 0x43);
        Assert.Equal(0x63, In(5));      // data ready, overrun
        Assert.Equal(0x42, In(0));
        Assert.Equal(0x60, In(5));
    }

    [Fact]
    public void Modem_lines_report_changes_once()
    {
        Out(4, 0x18);
        In(6);
        Out(1, 8);
        Out(4, 0x1A);                   // RTS appears as CTS
        Assert.True(_line.Level);
        Assert.Equal(0x00, In(2));
        Assert.Equal(0x91, In(6));
        Assert.Equal(0x90, In(6));
        Assert.False(_line.Level);
    }

    [Fact]
    public async Task State_moves_to_another_port()
    {
        _clock.Pause();
        Out(2, 0x01);
        await _channel.WriteAsync("ab"u8.ToArray(), default);
        Out(0, (byte)'!');
        using var otherChannel = new GuestChannel(1024, 64, open: true);
        using var other = new Uart(_clock, _line, otherChannel, Uart.Com1, "uart.com1");
        StateRoundTrip.Load(other, StateRoundTrip.Save(_uart));
        Assert.Equal((uint)'a', other.ReadPort(Uart.Com1, 1));
        byte[] one = new byte[1];
        Assert.Equal(1, await otherChannel.ReadAsync(one, default));
        Assert.Equal((byte)'!', one[0]);
    }

    [Fact]
    public async Task What_a_driver_leaves_below_the_trigger_level_is_told_after_four_characters_time()
    {
        // PC16550D, "FIFO interrupt mode": the timeout counts from the last byte that came or was read.
        Out(3, 3);
        Out(2, 0x81);           // trigger level 8
        Out(4, 8);
        Out(1, 1);
        await _channel.WriteAsync("0123456789"u8.ToArray(), default);
        Assert.Equal(0xC4, In(2));
        Thread.Sleep(20);       // the timeout of the bytes that came has passed
        for (int i = 0; i < 8; i++) Assert.Equal('0' + i, In(0));
        Assert.True(SpinWait.SpinUntil(() => In(2) == 0xCC, TimeSpan.FromSeconds(20)));
        Assert.True(_line.Level);
        Assert.Equal(('8', '9'), ((char)In(0), (char)In(0)));
        Assert.Equal(0xC1, In(2));
    }
}

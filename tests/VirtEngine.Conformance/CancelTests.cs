using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

/// <summary>Getting a processor out of its guest.</summary>
public class CancelTests<TBackend> : IDisposable where TBackend : IBackend
{
    private static readonly int Kicks = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 1000 : 200;

    private readonly TinyGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private void LoadCounter()
    {
        _guest.Load(64, a =>
        {
            var again = a.CreateLabel();
            a.Label(ref again);
            a.inc(rax);
            a.jmp(again);
        });
        _guest.EnterLongMode();
    }

    [Fact]
    public void Kick_before_the_run_ends_the_next_one_at_once()
    {
        LoadCounter();
        _guest.Processor.Kick();
        Assert.Equal(ExitReason.Canceled, _guest.Processor.Run().Reason);
        Assert.Equal(TinyGuest.CodeAddress, _guest.Processor.GetState().InstructionPointer & ~0xFul);
    }

    [Fact]
    public void Many_kicks_are_one()
    {
        LoadCounter();
        for (int i = 0; i < 10; i++) _guest.Processor.Kick();
        Assert.Equal(ExitReason.Canceled, _guest.Processor.Run().Reason);
        var ended = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            _guest.Processor.Run();
            ended.Set();
        });
        thread.Start();
        Assert.False(ended.Wait(100));
        _guest.Processor.Kick();
        Assert.True(ended.Wait(10_000));
        thread.Join();
    }

    [Fact]
    public void Run_goes_on_where_it_was_kicked_again_and_again()
    {
        LoadCounter();
        ulong last = 0;
        for (int i = 0; i < Kicks; i++)
        {
            using var kick = new Timer(_ => _guest.Processor.Kick(), null, i % 3, Timeout.Infinite);
            Assert.Equal(ExitReason.Canceled, _guest.Processor.Run().Reason);
            ulong count = _guest.Processor.GetState().Registers[0];
            Assert.True(count >= last, $"{count} after {last}");
            last = count;
        }
        Assert.True(last > 1000);
    }

    [Fact]
    public void Kick_wakes_a_processor_that_halts()
    {
        _guest.Load(64, a => a.hlt());
        _guest.EnterLongMode();
        using var kick = new Timer(_ => _guest.Processor.Kick(), null, 50, Timeout.Infinite);
        Assert.Equal(ExitReason.Canceled, _guest.Processor.Run().Reason);
        Assert.Equal(TinyGuest.CodeAddress + 1, _guest.Processor.GetState().InstructionPointer);
    }

    [Fact]
    public void Kick_in_the_middle_of_a_port_access_completes_it()
    {
        _guest.Load(64, a =>
        {
            for (int i = 1; i <= 2; i++)
            {
                var next = a.CreateLabel();
                a.mov(eax, i);
                a.@out(0xF4, al);
                a.jmp(next);    // kicks are seen at branches at the latest
                a.Label(ref next);
            }
            a.hlt();
        });
        _guest.EnterLongMode();
        for (ulong i = 1; i <= 2; i++)
        {
            Assert.Equal(ExitReason.Canceled, _guest.Run().Reason);
            var state = _guest.Processor.GetState();
            Assert.Equal(i, state.Registers[0]);
            Assert.InRange(state.InstructionPointer, TinyGuest.CodeAddress + 9 * i - 2, TinyGuest.CodeAddress + 9 * i);
        }
    }

    [Fact]
    public void Kick_that_comes_after_the_end_does_nothing()
    {
        var guest = new TinyGuest(TBackend.Hypervisor);
        var processor = guest.Processor;
        processor.Dispose();
        guest.Dispose();
        processor.Kick();
    }
}

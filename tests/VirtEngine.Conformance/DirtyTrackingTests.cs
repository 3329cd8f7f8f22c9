using Iced.Intel;
using VirtEngine.Conformance.Guests;
using VirtEngine.Hypervisors;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

/// <summary>Which pages were written since one last looked.</summary>
public class DirtyTrackingTests<TBackend> : IDisposable where TBackend : IBackend
{
    private readonly TinyGuest _guest = new(TBackend.Hypervisor);
    private readonly ulong[] _bitmap = new ulong[(16 << 20 >> 12) / 64];

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private int[] Collect()
    {
        _guest.Partition.CollectDirty(_bitmap);
        return [.. Enumerable.Range(0, _bitmap.Length * 64).Where(page => (_bitmap[page / 64] >> (page % 64) & 1) != 0)];
    }

    private void Store(params uint[] addresses)
    {
        _guest.Load(64, a =>
        {
            foreach (uint address in addresses)
            {
                a.mov(edi, address);
                a.mov(__dword_ptr[rdi], eax);
            }
            a.@out(0xF4, al);
            a.hlt();
        });
        _guest.EnterLongMode();
        Collect();      // what loading wrote
        _guest.Run();
    }

    [Fact]
    public void Pages_that_the_guest_writes_are_told_once()
    {
        _guest.Partition.StartDirtyTracking();
        Store(0x20_0000, 0x20_0FFC, 0x45_6000, 0xFF_F000);
        Assert.Equal([0x200, 0x456, 0xFFF], Collect().Where(page => page >= 0x100));
        Assert.DoesNotContain(Collect(), page => page >= 0x100);
        Store(0x45_6008);
        Assert.Equal([0x456], Collect().Where(page => page >= 0x100));
    }

    [Fact]
    public void What_devices_write_is_told_with_it()
    {
        _guest.Partition.StartDirtyTracking();
        Store(0x30_0000);
        _guest.Memory.Write(0x77_7FFE, [1, 2, 3, 4]);
        Assert.Equal([0x300, 0x777, 0x778], Collect().Where(page => page >= 0x100));
    }

    [Fact]
    public void Pages_by_the_thousand_are_all_told_at_once()
    {
        const int first = 0x100, pages = 3840;  // more than what KVM is given room for, where it is given little
        _guest.Partition.StartDirtyTracking();
        _guest.RunToEnd(a =>
        {
            var page = a.CreateLabel();
            a.mov(edi, first << 12);
            a.mov(ecx, pages);
            a.Label(ref page);
            a.mov(__dword_ptr[rdi], ecx);
            a.add(edi, 4096);
            a.dec(ecx);
            a.jnz(page);
        });
        Assert.Equal(Enumerable.Range(first, pages), Collect().Where(page => page >= first));
    }

    [Fact]
    public void Copy_of_what_is_told_on_the_way_and_at_the_end_is_the_memory()
    {
        const uint first = 0x10_0000, done = 0x9000;
        const int rounds = 4, pages = 1920;     // of each processor, and more than what KVM keeps of them for one
        using var two = new TinyGuest(TBackend.Hypervisor, processors: 2);
        two.Load(64, a =>
        {
            Label round = a.CreateLabel(), page = a.CreateLabel();
            a.mov(r8d, rounds);
            a.Label(ref round);
            a.mov(rdi, r9);
            a.mov(ecx, pages);
            a.Label(ref page);
            a.mov(__qword_ptr[rdi], r8);
            a.add(rdi, 4096);
            a.dec(ecx);
            a.jnz(page);
            a.dec(r8d);
            a.jnz(round);
            a.inc(__qword_ptr[r10]);
            a.hlt();
        });
        two.EnterLongMode();
        ulong Word(ulong address) => two.Memory.TryGetSpan(address, 8, out var bytes) ? BitConverter.ToUInt64(bytes) : throw new InvalidOperationException();
        var copy = new ulong[2 * pages];
        void Copy()
        {
            two.Partition.CollectDirty(_bitmap);
            for (int i = 0; i < copy.Length; i++)
            {
                uint page = (first >> 12) + (uint)i;
                if ((_bitmap[page / 64] >> (int)(page % 64) & 1) != 0) copy[i] = Word((ulong)page << 12);
            }
        }

        two.Partition.StartDirtyTracking();
        var exits = new Exit[2];
        Thread[] threads = [.. two.Partition.Processors.Select(processor =>
        {
            var state = two.Processor.GetState();
            Array.Clear(state.LocalApic);       // each keeps its own
            (state.Registers[9], state.Registers[10]) = (first + (ulong)processor.Index * pages * 4096, done + (ulong)processor.Index * 8);
            processor.SetState(state);
            return new Thread(() => exits[processor.Index] = processor.Run());
        })];
        foreach (var thread in threads) thread.Start();
        var limit = System.Diagnostics.Stopwatch.StartNew();
        try
        {
            while ((Word(done) == 0 || Word(done + 8) == 0) && threads.All(thread => thread.IsAlive) && limit.Elapsed < TimeSpan.FromSeconds(60))
            {
                Copy();
                Thread.Sleep(1);        // whoever collects may have taken processors out of the guest
            }
        }
        finally
        {
            foreach (var processor in two.Partition.Processors) processor.Kick();
            foreach (var thread in threads) thread.Join();
        }
        Copy();

        Assert.All(exits, exit => Assert.True(exit.Reason == ExitReason.Canceled, exit.Detail));
        Assert.Equal((1ul, 1ul), (Word(done), Word(done + 8)));
        Assert.All(copy, value => Assert.Equal(1ul, value));
    }

    [Fact]
    public void After_the_end_nothing_is_recorded()
    {
        _guest.Partition.StartDirtyTracking();
        Store(0x50_0000);
        _guest.Partition.StopDirtyTracking();
        _guest.EnterLongMode();
        _guest.Run();
        _guest.Partition.StartDirtyTracking();
        Assert.Empty(Collect());
    }
}

using VirtEngine.Conformance.Guests;
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

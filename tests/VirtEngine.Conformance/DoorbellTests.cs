using VirtEngine.Balloons;
using VirtEngine.Bus;
using VirtEngine.Conformance.Guests;
using VirtEngine.Virtio;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Conformance;

/// <summary>Doorbells that the hypervisor rings at a store; where it cannot, the store comes to the bus.</summary>
public class DoorbellTests<TBackend> : IDisposable where TBackend : IBackend
{
    private const ulong First = TinyGuest.Device + 0x3000, Second = First + 4;

    private readonly TinyGuest _guest = new(TBackend.Hypervisor);
    private readonly Doorbell _doorbell = Doorbell.Create(), _other = Doorbell.Create();

    public void Dispose()
    {
        _guest.Dispose();
        _doorbell.Dispose();
        _other.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Bind(ulong address, Doorbell doorbell) => Assert.Equal(TBackend.RingsDoorbells, _guest.Partition.TryBindDoorbell(address, doorbell));

    private void Release(ulong address, Doorbell doorbell)
    {
        if (TBackend.RingsDoorbells) _guest.Partition.ReleaseDoorbell(address, doorbell);
    }

    private void RunToEnd(Action<Iced.Intel.Assembler> code) => _guest.RunToEnd(a =>
    {
        a.mov(edi, (uint)First);
        code(a);
    });

    private static bool Rang(Doorbell doorbell)
    {
        var waiting = new Thread(doorbell.Wait) { IsBackground = true };
        waiting.Start();
        if (waiting.Join(200)) return true;
        doorbell.Ring();
        waiting.Join();
        return false;
    }

    [Fact]
    public void Store_of_any_size_rings_in_place_of_the_bus()
    {
        Bind(First, _doorbell);
        Action<Iced.Intel.Assembler>[] stores =
            [a => a.mov(__byte_ptr[rdi], al), a => a.mov(__word_ptr[rdi], ax), a => a.mov(__dword_ptr[rdi], eax), a => a.mov(__qword_ptr[rdi], rax)];
        foreach (var store in stores)
        {
            _guest.Accesses.Clear();
            RunToEnd(store);
            Assert.Equal((TBackend.RingsDoorbells, TBackend.RingsDoorbells ? 0 : 1), (Rang(_doorbell), _guest.Accesses.Count));
        }
    }

    [Fact]
    public void Stores_beside_it_and_after_its_release_come_to_the_bus()
    {
        Bind(First, _doorbell);
        RunToEnd(a =>
        {
            a.mov(__word_ptr[rdi + 2], 1);
            a.mov(__word_ptr[rdi + 4], 2);
            a.mov(__word_ptr[rdi - 2], 3);
        });
        Assert.Equal(["store 3002 2 1", "store 3004 2 2", "store 2ffe 2 3"], _guest.Accesses);
        Release(First, _doorbell);
        RunToEnd(a => a.mov(__word_ptr[rdi], 4));
        Assert.Equal("store 3000 2 4", _guest.Accesses[^1]);
        Assert.False(Rang(_doorbell));
    }

    [Fact]
    public void Doorbells_have_addresses_of_their_own_and_can_have_several()
    {
        Bind(First, _doorbell);
        Bind(First + 8, _doorbell);
        Bind(Second, _other);
        RunToEnd(a => a.mov(__word_ptr[rdi + 4], 1));
        Assert.Equal((false, TBackend.RingsDoorbells), (Rang(_doorbell), Rang(_other)));
        RunToEnd(a => a.mov(__word_ptr[rdi + 8], 1));
        Assert.Equal((TBackend.RingsDoorbells, false), (Rang(_doorbell), Rang(_other)));
        Release(First, _doorbell);
        RunToEnd(a => a.mov(__word_ptr[rdi + 8], 1));
        Assert.Equal(TBackend.RingsDoorbells, Rang(_doorbell));
    }

    [Fact]
    public void Ring_wakes_a_thread_while_the_processor_runs_on()
    {
        const ulong answer = 0x9000;
        bool bound = TBackend.RingsDoorbells;
        Bind(First, _doorbell);
        _guest.Memory.Write(answer, new byte[4]);
        var thread = new Thread(() =>
        {
            _doorbell.Wait();
            _guest.Memory.Write(answer, [1, 0, 0, 0]);
        }) { IsBackground = true };
        thread.Start();
        if (!bound) _doorbell.Ring();
        long before = _guest.Processor.Counters.MmioAccesses;
        RunToEnd(a =>
        {
            var again = a.CreateLabel();
            a.mov(__dword_ptr[rdi], eax);
            a.mov(ebx, (uint)answer);
            a.Label(ref again);
            a.pause();
            a.cmp(__dword_ptr[rbx], 0);
            a.je(again);
        });
        Assert.True(thread.Join(5000));
        Assert.Equal(bound ? 0 : 1, _guest.Processor.Counters.MmioAccesses - before);
    }

    [Fact]
    public void Virtio_device_is_notified_and_serves_while_the_processor_runs_on()
    {
        const ulong bar = 0x3800_0000, notify = bar + 0x3000, rings = 0x2_0000, page = 0x4_0000, request = 0x5_0000;
        using var device = new VirtioBalloon(_guest.Memory, new BalloonControl());
        using var function = new VirtioPciFunction(_guest.Bus, device, _guest.Partition, new NoLine(), "balloon", _guest.Partition);
        function.Assign(function.Bars[0], bar);
        StartInflation(bar, rings);
        _guest.Memory.Write(page, [1]);
        _guest.Memory.Write(request, BitConverter.GetBytes((uint)(page >> 12)));
        _guest.Memory.Write(rings, [.. BitConverter.GetBytes(request), 4, 0, 0, 0, 0, 0, 0, 0]);
        _guest.Memory.Write(rings + 0x1000, [0, 0, 1, 0, 0, 0]);
        long before = _guest.Processor.Counters.MmioAccesses;
        RunToEnd(a =>
        {
            var again = a.CreateLabel();
            a.mov(edi, (uint)notify);
            a.mov(__word_ptr[rdi], 0);
            a.mov(ebx, (uint)rings + 0x2002);
            a.Label(ref again);
            a.pause();
            a.cmp(__word_ptr[rbx], 1);
            a.jne(again);
        });
        Assert.Null(device.Reason);
        Assert.Equal(TBackend.RingsDoorbells ? 0 : 1, _guest.Processor.Counters.MmioAccesses - before);
        byte[] given = new byte[1];
        Assert.True(_guest.Memory.TryRead(page, given));
        Assert.Equal(0, given[0]);
    }

    // A driver's set-up with the first queue alone (virtio 1.2, 3.1.1, 4.1.4.3).
    private void StartInflation(ulong common, ulong rings)
    {
        var bus = _guest.Bus;
        foreach (ulong status in (ulong[])[0, 1, 3]) bus.WriteMmio(common + 0x14, 1, status);
        bus.WriteMmio(common + 0x08, 4, 1);
        bus.WriteMmio(common + 0x0C, 4, 1);         // VIRTIO_F_VERSION_1
        bus.WriteMmio(common + 0x14, 1, 11);
        bus.WriteMmio(common + 0x16, 2, 0);
        bus.WriteMmio(common + 0x18, 2, 16);
        bus.WriteMmio(common + 0x20, 8, rings);
        bus.WriteMmio(common + 0x28, 8, rings + 0x1000);
        bus.WriteMmio(common + 0x30, 8, rings + 0x2000);
        bus.WriteMmio(common + 0x1C, 2, 1);
        bus.WriteMmio(common + 0x14, 1, 15);
    }

    private sealed class NoLine : IInterruptLine
    {
        public void Set(bool level) { }
    }
}

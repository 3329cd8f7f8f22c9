using System.Collections.Concurrent;
using VirtEngine.Boot;
using VirtEngine.Hypervisors;
using VirtEngine.Machines;
using VirtEngine.Memory;

namespace VirtEngine.Tests.Machines;

public class MachineTests
{
    private static readonly CpuProfile Profile = new()
    {
        Name = "portable", TscHz = 1_000_000_000, ApicTimerHz = 1_000_000_000, Cpuid = [], ConstantMsrs = new Dictionary<uint, ulong>(),
    };

    private static readonly MachineOptions Options = new()
    {
        Id = Guid.NewGuid(), Name = "test", Kernel = "/nonexistent/kernel", Memory = 64 << 20, Processors = 2,
    };

    private static Machine Make(ScriptedHypervisor hypervisor, Func<GuestMemory, BootParameters, BootState>? load = null) =>
        new(Options, hypervisor, Profile, load ?? ((_, _) => BootState.Pvh(0x100_0000)));

    private static void WaitFor(Func<bool> condition)
    {
        for (int i = 0; i < 5000 && !condition(); i++) Thread.Sleep(1);
        Assert.True(condition());
    }

    [Fact]
    public void Processors_are_handed_over_as_firmware_would()
    {
        BootParameters? told = null;
        var hypervisor = new ScriptedHypervisor(p => p.Halt());
        using var machine = Make(hypervisor, (_, parameters) => { told = parameters; return BootState.Pvh(0x100_0000); });
        machine.Start();
        var processors = hypervisor.Partitions[0].Processors.Cast<ScriptedProcessor>().ToArray();
        Assert.Equal(0x100_0000ul, processors[0].State.InstructionPointer);
        Assert.Equal(0x700, BitConverter.ToInt32(processors[0].State.LocalApic, 0x350));
        Assert.Equal(ProcessorActivity.WaitForSipi, processors[1].State.Activity);
        Assert.Equal(0xE_0000ul, told!.RsdpAddress);
        Assert.Equal(64ul << 20, told.MemoryMap.Where(m => m.Type == MemoryMapType.Ram).Max(m => m.End));
        Assert.DoesNotContain(told.MemoryMap, m => m.Type == MemoryMapType.Ram && m.Address < 0x10_0000 && m.End > 0xA_0000);
        Assert.Equal(MachineState.Running, machine.State);
    }

    [Fact]
    public async Task Console_shows_what_the_guest_writes_to_its_end()
    {
        var hypervisor = new ScriptedHypervisor(p =>
        {
            if (p is { Index: 0, Runs: 1 }) foreach (byte b in "hello"u8) p.Bus.WritePort(0x3F8, 1, b);
            return p.Halt();
        });
        using var machine = Make(hypervisor);
        machine.Start();
        byte[] buffer = new byte[16];
        int length = 0;
        while (length < 5) length += await machine.Console.ReadAsync(buffer.AsMemory(length), default);
        Assert.Equal("hello"u8.ToArray(), buffer[..5]);
        machine.TurnOff();
        Assert.Equal(0, await machine.Console.ReadAsync(buffer, default));
    }

    [Fact]
    public void Soft_off_stops_the_machine_and_its_events_come_in_order()
    {
        var seen = new ConcurrentQueue<MachineState>();
        var hypervisor = new ScriptedHypervisor(p =>
        {
            if (p.Index == 1) p.Bus.WritePort(0x604, 2, 1 << 13 | 5 << 10);
            return p.Halt();
        });
        using var machine = Make(hypervisor);
        machine.StateChanged += seen.Enqueue;
        machine.Start();
        WaitFor(() => machine.State == MachineState.Stopped);
        Assert.Null(machine.Reason);
        WaitFor(() => seen.Count == 3);
        Assert.Equal([MachineState.Starting, MachineState.Running, MachineState.Stopped], seen);
        WaitFor(() => hypervisor.Partitions[0].Disposed);
    }

    [Theory]
    [InlineData((ushort)0xCF9, 6u)]
    [InlineData((ushort)0x64, 0xFEu)]
    [InlineData((ushort)0x92, 1u)]
    public void Reset_restarts_in_place_with_fresh_memory(ushort port, uint value)
    {
        int boots = 0;
        var hypervisor = new ScriptedHypervisor(p =>
        {
            if (p.Index == 0 && Volatile.Read(ref boots) == 1) p.Bus.WritePort(port, 1, value);
            return p.Halt();
        });
        using var machine = Make(hypervisor, (memory, _) =>
        {
            byte[] mark = new byte[1];
            Assert.True(memory.TryRead(0x20_0000, mark));
            Assert.Equal(0, mark[0]);
            memory.Write(0x20_0000, [1]);
            Interlocked.Increment(ref boots);
            return BootState.Pvh(0x100_0000);
        });
        machine.Start();
        WaitFor(() => Volatile.Read(ref boots) == 2);
        WaitFor(() => hypervisor.Partitions.Count == 2 && hypervisor.Partitions[0].Disposed);
        Assert.Equal(MachineState.Running, machine.State);
        machine.TurnOff();
        Assert.Equal(MachineState.Stopped, machine.State);
        Assert.Equal(2, boots);
    }

    [Fact]
    public void Triple_fault_fails_the_machine_with_its_place()
    {
        var hypervisor = new ScriptedHypervisor(p => p.Index == 1 ? new Exit(ExitReason.Shutdown, 0xFFFF_8000, "page fault") : p.Halt());
        using var machine = Make(hypervisor);
        machine.Start();
        WaitFor(() => machine.State == MachineState.Failed);
        Assert.Equal("Triple fault at RIP 0xffff8000 on processor 1: page fault", machine.Reason);
    }

    [Fact]
    public void Fault_of_a_device_fails_the_machine_and_says_so()
    {
        var hypervisor = new ScriptedHypervisor(p => p.Index == 0 ? throw new InvalidOperationException("a bug") : p.Halt());
        using var machine = Make(hypervisor);
        machine.Start();
        WaitFor(() => machine.State == MachineState.Failed);
        Assert.Contains("a bug", machine.Reason);
    }

    [Fact]
    public void Pause_makes_all_processors_and_time_stand()
    {
        var hypervisor = new ScriptedHypervisor(p =>
        {
            while (!p.IsKicked()) p.Bus.ReadPort(0x608, 4);
            return new Exit(ExitReason.Canceled, 0);
        });
        using var machine = Make(hypervisor);
        machine.Start();
        for (int i = 0; i < 20; i++)
        {
            machine.Pause();
            Assert.Equal(MachineState.Paused, machine.State);
            Assert.DoesNotContain(hypervisor.Partitions[0].Processors.Cast<ScriptedProcessor>(), p => p.IsRunning);
            Assert.True(hypervisor.Partitions[0].Options.Clock.IsPaused);
            Assert.Throws<InvalidOperationException>(machine.Pause);
            machine.Resume();
            Assert.Equal(MachineState.Running, machine.State);
        }
        Assert.Throws<InvalidOperationException>(machine.Resume);
        machine.Pause();
        machine.TurnOff();
        Assert.Equal(MachineState.Stopped, machine.State);
    }

    [Fact]
    public async Task Input_to_a_paused_machine_arrives_after_it_goes_on()
    {
        using var ready = new ManualResetEventSlim();
        var hypervisor = new ScriptedHypervisor(p =>
        {
            if (p.Index == 0)
            {
                p.Bus.WritePort(0x3FA, 1, 1);       // FIFO on
                ready.Set();
            }
            return p.Halt();
        });
        using var machine = Make(hypervisor);
        machine.Start();
        ready.Wait();
        machine.Pause();
        var bus = hypervisor.Partitions[0].Options.Bus;
        await machine.Console.WriteAsync("x"u8.ToArray(), default);
        Assert.Equal(0u, bus.ReadPort(0x3FD, 1) & 1);
        machine.Resume();
        Assert.Equal(1u, bus.ReadPort(0x3FD, 1) & 1);
    }

    [Fact]
    public void Unknown_profile_or_hypervisor_is_refused_by_name()
    {
        Assert.Contains("'turbo'", Assert.Throws<NotSupportedException>(() => Machine.Create(Options with { Profile = "turbo" })).Message);
        Assert.Contains("'xen'", Assert.Throws<NotSupportedException>(() => Machine.Create(Options with { Hypervisor = "xen" })).Message);
        using var machine = Machine.Create(Options);
        Assert.Equal("software", machine.Hypervisor);
    }

    [Fact]
    public void Power_button_reaches_the_guest_as_a_level_interrupt()
    {
        using var ready = new ManualResetEventSlim();
        var hypervisor = new ScriptedHypervisor(p =>
        {
            if (p.Index == 0 && !ready.IsSet)
            {
                p.Bus.WriteMmio(0xFEC0_0000, 4, 0x10 + 2 * 9);      // pin 9: vector 39h, level
                p.Bus.WriteMmio(0xFEC0_0010, 4, 0x8039);
                p.Bus.WritePort(0x602, 2, 0x100);
                ready.Set();
            }
            return p.Halt();
        });
        using var machine = Make(hypervisor);
        machine.Start();
        ready.Wait();
        machine.PressPowerButton();
        Assert.Equal(MachineState.Stopping, machine.State);
        var partition = hypervisor.Partitions[0];
        Assert.Equal([(0xFEE0_0000ul, 0xC039u)], partition.Msi.Take());
        partition.End(0x39);
        Assert.Single(partition.Msi.Take());
        partition.Options.Bus.WritePort(0x600, 2, 0x100);
        partition.End(0x39);
        Assert.Empty(partition.Msi.Take());
    }

    [Fact]
    public void Missing_kernel_fails_the_start_and_leaves_nothing()
    {
        var hypervisor = new ScriptedHypervisor(p => p.Halt());
        using var machine = new Machine(Options, hypervisor, Profile);
        Assert.ThrowsAny<IOException>(machine.Start);
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.Contains("/nonexistent/kernel", machine.Reason);
        Assert.True(hypervisor.Partitions[0].Disposed);
        Assert.Throws<InvalidOperationException>(machine.Start);
    }

    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        var hypervisor = new ScriptedHypervisor(p => p.Halt());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Machine(Options with { Processors = 9 }, hypervisor, Profile));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Machine(Options with { Memory = 3 << 20 }, hypervisor, Profile));
    }

    [Fact]
    public void Catalog_takes_the_first_that_works_and_says_why_none_does()
    {
        var broken = new ScriptedHypervisor(p => p.Halt()) { Name = "kvm", Capabilities = new(false, "no /dev/kvm", 0, true) };
        var small = new ScriptedHypervisor(p => p.Halt()) { Name = "software", Capabilities = new(true, "always", 4, false) };
        var catalog = new HypervisorCatalog(broken, small);
        Assert.Same(small, catalog.Choose(null, 2));
        Assert.Contains("no /dev/kvm", Assert.Throws<NotSupportedException>(() => catalog.Choose("kvm", 1)).Message);
        Assert.Contains("up to 4", Assert.Throws<NotSupportedException>(() => catalog.Choose(null, 8)).Message);
        Assert.Contains("kvm, software", Assert.Throws<NotSupportedException>(() => catalog.Choose("xen", 1)).Message);
    }
}

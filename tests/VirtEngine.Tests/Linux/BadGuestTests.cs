using System.Globalization;
using System.Diagnostics;
using System.Text;
using Iced.Intel;
using VirtEngine.Boot;
using VirtEngine.Images;
using VirtEngine.Machines;
using VirtFoundation.Formats;
using VirtTools.Tests;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Linux;

/// <summary>Guests that misbehave and files that are no guests: the machine says what is wrong, ends when it is told to, and leaves nothing.</summary>
[Collection(LinuxCollection.Name)]
public sealed class BadGuestTests : IDisposable
{
    private const uint Entry = 0x10_0000;

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    private static Machine Make(string kernel, ulong mebibytes = 32, string? initrd = null, int processors = 1) => Machine.Create(new MachineOptions
    {
        Id = Guid.NewGuid(), Name = "bad", Kernel = kernel, Initrd = initrd, Memory = mebibytes << 20, Processors = processors,
    });

    /// <summary>A kernel of these instructions as an ELF image with a PVH entry: what a real loader reads.</summary>
    private string MakeKernel(Action<Assembler> code)
    {
        var assembler = new Assembler(32);
        code(assembler);
        var text = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(text), Entry);

        const int headers = 64 + 2 * 56, note = 20;
        var image = new MemoryStream();
        var elf = new BinaryWriter(image);
        elf.Write([0x7F, .. "ELF"u8, 2, 1, 1, .. new byte[9]]);
        elf.Write((ushort)2);
        elf.Write((ushort)62);
        elf.Write(1);
        elf.Write((ulong)Entry);
        elf.Write(64ul);
        elf.Write(0ul);
        elf.Write(0);
        foreach (ushort size in (ReadOnlySpan<ushort>)[64, 56, 2, 0, 0, 0]) elf.Write(size);
        WriteSegment(1, headers + note, Entry, text.Length);            // PT_LOAD
        WriteSegment(4, headers, 0, note);                              // PT_NOTE
        elf.Write(4);
        elf.Write(4);
        elf.Write(18);                                                  // XEN_ELFNOTE_PHYS32_ENTRY
        elf.Write("Xen\0"u8);
        elf.Write(Entry);
        elf.Write(text.ToArray());
        return _files.Write("kernel", image.ToArray());

        void WriteSegment(uint type, long offset, ulong address, long size)
        {
            elf.Write(type);
            elf.Write(7);
            foreach (ulong value in (ReadOnlySpan<ulong>)[(ulong)offset, address, address, (ulong)size, (ulong)size, 4]) elf.Write(value);
        }
    }

    private static void Loop(Assembler c)
    {
        var self = c.CreateLabel();
        c.Label(ref self);
        c.jmp(self);
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition() && clock.Elapsed < TimeSpan.FromSeconds(60)) await Task.Delay(5);
    }

    [Fact]
    public async Task Kernel_that_triple_faults_fails_its_machine_and_says_where()
    {
        using var machine = Make(MakeKernel(c => { c.nop(); c.ud2(); }));
        machine.Start();
        await WaitAsync(() => machine.State == MachineState.Failed);
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.StartsWith($"Triple fault at RIP 0x{Entry + 1:x} on processor 0", machine.Reason);
        Assert.Throws<InvalidOperationException>(machine.Pause);
        Assert.Throws<InvalidOperationException>(machine.PressPowerButton);
        machine.TurnOff();
        Assert.Equal(MachineState.Failed, machine.State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Guest_that_never_answers_is_turned_off_at_once(bool asleep)
    {
        using var machine = Make(MakeKernel(c =>
        {
            if (asleep) { c.cli(); c.hlt(); }
            Loop(c);
        }), processors: 4);
        machine.Start();
        await WaitAsync(() => machine.Counters[0].Instructions > 0);
        machine.PressPowerButton();
        await Task.Delay(300);
        Assert.Equal(MachineState.Stopping, machine.State);     // nothing came of it: who asked gives up and turns it off
        machine.Pause();
        Assert.Equal(MachineState.Paused, machine.State);
        machine.Resume();
        Assert.Equal(MachineState.Stopping, machine.State);
        var clock = Stopwatch.StartNew();
        machine.TurnOff();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(MachineState.Stopped, machine.State);
        Assert.Null(machine.Reason);
    }

    [Fact]
    public async Task Guest_that_floods_its_console_is_bounded_and_does_not_wait()
    {
        using var machine = Make(MakeKernel(c =>
        {
            var again = c.CreateLabel();
            c.mov(dx, 0x3F8);
            c.xor(eax, eax);
            c.Label(ref again);
            c.@out(dx, al);
            c.inc(eax);
            c.jmp(again);
        }));
        machine.Start();
        await WaitAsync(() => machine.Counters[0].PortAccesses > 1_000_000);
        Assert.True(machine.Counters[0].PortAccesses > 1_000_000, "The guest waits for a reader.");
        machine.TurnOff();
        var buffer = new byte[1 << 20];
        int length = 0;
        for (int count; (count = await machine.Console.ReadAsync(buffer.AsMemory(length), default)) > 0;) length += count;
        Assert.InRange(length, 1, 64 << 10);
        for (int i = 1; i < length; i++) Assert.Equal((byte)(buffer[i - 1] + 1), buffer[i]);
    }

    // Everything that a guest can reach, with numbers from a generator in the guest. What may end the machine is left out: the keyboard
    // controller's and the chipset's reset, and the sleep register.
    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(77u)]
    public async Task Guest_that_writes_garbage_everywhere_does_no_harm(uint seed)
    {
        using var machine = Make(MakeKernel(c =>
        {
            var again = c.CreateLabel();
            var skip = c.CreateLabel();
            var memory = c.CreateLabel();
            (ushort First, ushort Last)[] deadly = [(0x60, 0x64), (0x92, 0x92), (0xCF9, 0xCF9), (0x600, 0x60F)];
            c.mov(esp, 0x20_0000);
            c.mov(esi, (int)(seed * 2654435761u | 1));
            c.Label(ref again);
            Random(c);
            c.mov(ebx, esi);
            Random(c);
            c.mov(edx, esi);
            c.test(ebx, 0x700);
            c.jz(memory);
            c.movzx(edx, dx);
            c.test(ebx, 0x1800);
            var narrow = c.CreateLabel();
            c.jz(narrow);
            c.and(edx, 0xFFF);                  // where the devices are
            c.Label(ref narrow);
            foreach (var (first, last) in deadly)
            {
                var fine = c.CreateLabel();
                c.lea(eax, __[edx + 3]);        // a wide access reaches on
                c.cmp(eax, first);
                c.jb(fine);
                c.cmp(edx, last);
                c.jbe(skip);
                c.Label(ref fine);
            }
            Random(c);
            c.mov(eax, esi);
            foreach (var (bit, access) in ((int, Action)[])[(0, () => c.@out(dx, al)), (1, () => c.@out(dx, ax)), (2, () => c.@out(dx, eax)),
                         (3, () => c.@in(al, dx)), (4, () => c.@in(eax, dx))])
            {
                var next = c.CreateLabel();
                c.test(ebx, 1 << bit);
                c.jz(next);
                access();
                c.Label(ref next);
            }
            c.jmp(skip);
            c.Label(ref memory);
            // PCI windows, ECAM, I/O APIC, local APIC: the last 512 MiB, mostly where something is.
            c.and(edx, 0x1FFF_FFFC);
            c.or(edx, unchecked((int)0xE000_0000));
            foreach (var (bit, place) in ((int, uint)[])[(12, 0xFEE0_0000), (13, 0xFEC0_0000), (14, 0xE000_0000), (15, 0xC000_0000), (16, 0xB000_0000)])
            {
                var next = c.CreateLabel();
                c.test(ebx, 1 << bit);
                c.jz(next);
                c.and(edx, 0xFFFC);
                c.or(edx, unchecked((int)place));
                c.Label(ref next);
            }
            // Not the command register of the local APIC: an INIT to itself would be the end.
            var allowed = c.CreateLabel();
            c.mov(eax, edx);
            c.and(eax, unchecked((int)0xFFFF_FFC0));
            c.cmp(eax, unchecked((int)0xFEE0_0300));
            c.jne(allowed);
            c.jmp(skip);
            c.Label(ref allowed);
            Random(c);
            c.mov(__dword_ptr[edx], esi);
            c.mov(eax, __dword_ptr[edx]);
            c.mov(al, __byte_ptr[edx + 1]);
            c.mov(__word_ptr[edx + 2], si);
            c.Label(ref skip);
            c.inc(ebp);
            c.jmp(again);
        }));
        machine.Start();
        await WaitAsync(() => machine.State != MachineState.Running || machine.Counters[0].PortAccesses + machine.Counters[0].MmioAccesses > 400_000);
        Assert.True(machine.State == MachineState.Running, $"{machine.State}: {machine.Reason}");
        Assert.True(machine.Counters[0].PortAccesses > 10_000 && machine.Counters[0].MmioAccesses > 10_000, machine.Counters[0].ToString());
        machine.Pause();
        machine.Resume();
        machine.TurnOff();
        Assert.Equal(MachineState.Stopped, machine.State);

        static void Random(Assembler c)         // xorshift
        {
            c.mov(eax, esi);
            c.shl(eax, 13);
            c.xor(esi, eax);
            c.mov(eax, esi);
            c.shr(eax, 17);
            c.xor(esi, eax);
            c.mov(eax, esi);
            c.shl(eax, 5);
            c.xor(esi, eax);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a kernel at all, but long enough to have a header where one might be looked for")]
    public void File_that_is_no_kernel_is_refused(string content)
    {
        using var machine = Make(_files.Write("kernel", Encoding.ASCII.GetBytes(content)));
        var refusal = Assert.Throws<BootException>(machine.Start);
        Assert.IsType<KernelFormatException>(refusal.InnerException);
        Assert.Contains(_files["kernel"], refusal.Message, StringComparison.Ordinal);
        Assert.Contains("not a Linux kernel", refusal.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.Equal(refusal.Message, machine.Reason);
        Assert.Throws<InvalidOperationException>(machine.Start);
    }

    [Fact]
    public void Kernel_that_is_not_there_is_named()
    {
        using var machine = Make(_files["nothing"]);
        var refusal = Assert.ThrowsAny<Exception>(machine.Start);
        Assert.Contains(_files["nothing"], refusal.Message, StringComparison.Ordinal);
        Assert.Equal(MachineState.Failed, machine.State);
    }

    [LinuxGuestFact]
    public void Truncated_kernel_is_refused_wherever_it_was_cut()
    {
        byte[] whole = File.ReadAllBytes(LinuxGuest.Image.KernelPath);
        foreach (int length in (int[])[1, 0x1F0, 0x260, 0x1000, whole.Length / 3, whole.Length - 5000])
        {
            using var machine = Make(_files.Write("kernel", whole[..length]), mebibytes: 256);
            var refusal = Assert.Throws<BootException>(machine.Start);
            Assert.IsAssignableFrom<MalformedDataException>(refusal.InnerException);
            Assert.Equal(refusal.Message, machine.Reason);
        }
    }

    [LinuxGuestFact]
    public async Task Truncated_initrd_is_the_kernels_to_refuse()
    {
        byte[] whole = File.ReadAllBytes(LinuxGuest.Image.InitrdPath!);
        using var machine = Machine.Create(new MachineOptions
        {
            Id = Guid.NewGuid(), Name = "bad", Memory = 256 << 20, Kernel = LinuxGuest.Image.KernelPath,
            Initrd = _files.Write("initrd", whole[..(whole.Length / 50)]), CommandLine = DebianImageBuilder.CommandLine + " panic=0",
        });
        var console = new ConsoleRecorder(machine.Console);
        machine.Start();
        await console.WaitForAsync("Kernel panic", LinuxMachine.Patience);
        machine.TurnOff();
        Assert.Equal(MachineState.Stopped, machine.State);
    }

    [LinuxGuestFact]
    public void Memory_that_is_too_small_is_refused_before_anything_runs()
    {
        var image = LinuxGuest.Image;
        foreach (ulong mebibytes in (ulong[])[2, 16, 32])
        {
            using var machine = Make(image.KernelPath, mebibytes, image.InitrdPath);
            var refusal = Assert.ThrowsAny<BootException>(machine.Start);
            Assert.Contains("memory", refusal.Message, StringComparison.OrdinalIgnoreCase);
        }
        // An initial RAM disk that is larger than the memory behind the kernel.
        string large = _files["large"];
        using (var file = File.Create(large)) file.SetLength(200 << 20);
        using var other = Make(image.KernelPath, 128, large);
        Assert.ThrowsAny<BootException>(other.Start);
        Assert.Equal(MachineState.Failed, other.State);
    }

    [Fact]
    public void Memory_that_the_host_has_not_is_refused()
    {
        using var machine = Make(MakeKernel(Loop), mebibytes: 1ul << 30);       // a petabyte
        var refusal = Assert.ThrowsAny<Exception>(machine.Start);
        Assert.True(refusal is InsufficientMemoryException or ArgumentOutOfRangeException, refusal.ToString());
        Assert.Equal(MachineState.Failed, machine.State);
        Assert.Equal(refusal.Message, machine.Reason);
    }

    [LinuxFact]
    public async Task Machines_that_fail_leave_no_memory_mapped()
    {
        string kernel = MakeKernel(c => c.ud2());
        const ulong mebibytes = 38;     // a mapping of this size is a machine's RAM
        static long Mapped() => File.ReadLines("/proc/self/maps").Select(line => line[..line.IndexOf(' ')].Split('-'))
            .Count(range => ulong.Parse(range[1], NumberStyles.HexNumber) - ulong.Parse(range[0], NumberStyles.HexNumber) == mebibytes << 20);
        async Task FailAsync()
        {
            using var machine = Make(kernel, mebibytes);
            machine.Start();
            await WaitAsync(() => machine.State == MachineState.Failed);
        }
        await FailAsync();
        long before = Mapped();
        for (int i = 0; i < 20; i++) await FailAsync();
        Assert.InRange(Mapped(), 0, before);
    }
}

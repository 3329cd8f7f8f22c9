using System.Diagnostics;
using VirtEngine.Boot;
using VirtEngine.Memory;
using VirtTools.Tests;

namespace VirtEngine.Tests.Images;

/// <summary>
/// QEMU gets the guest memory that the loader laid out, byte for byte, and a stub of a few instructions that brings its processor into
/// the loader's state. Debian's kernel then judges: it must come up with the map, the command line and the initrd that it was given.
/// </summary>
[Collection("Debian image")]
public sealed class BootStateInQemuTests(DebianImage debian)
{
    private const ulong MiB = 1 << 20;
    private const uint Stub = 0x10_0000, Staging = 0x20_0000;
    private const uint LowStart = 0x1000, LowEnd = 0x4_0000;
    private const ulong KernelStart = 16 * MiB, Top = 176 * MiB;

    [Theory]
    [InlineData(BootProtocol.Pvh)]
    [InlineData(BootProtocol.Linux64)]
    public void Debians_kernel_starts_from_the_memory_and_state_that_the_loader_made(BootProtocol protocol)
    {
        using var directory = new TemporaryDirectory();
        using var memory = new GuestMemory(192 * MiB);
        var state = LinuxLoader.Load(memory, new BootParameters
        {
            Kernel = debian.Image.KernelPath,
            Initrd = debian.Image.InitrdPath,
            CommandLine = "console=ttyS0 cryptomgr.notests=1 virttools.hostname=judge virttools.shell",
            Protocol = protocol,
            // QEMU's firmware keeps its tables at the top of the memory, and finds no root pointer from us but leaves its own at 0xF0000.
            MemoryMap = [new(0, 0x9_FC00, MemoryMapType.Ram), new(0xF_0000, 0x1_0000, MemoryMapType.Reserved), new(MiB, Top - MiB, MemoryMapType.Ram), new(Top, 16 * MiB, MemoryMapType.Reserved)],
        });
        Assert.Equal(protocol, state.Protocol);

        Assert.True(memory.TryGetSpan(LowStart, (int)(LowEnd - LowStart), out var low));
        string lowFile = directory.Write("low", low.ToArray());
        Assert.True(memory.TryGetSpan(KernelStart, (int)(Top - KernelStart), out var high));
        string highFile = directory.Write("high", high.ToArray());
        string stub = directory.Write("stub", MakeStub(state));
        string[] arguments =
        [
            "-accel", "tcg", "-cpu", "qemu64", "-m", "192", "-display", "none", "-vga", "none", "-nic", "none", "-no-reboot", "-serial", "stdio", "-kernel", stub,
            "-device", $"loader,file={lowFile},addr=0x{Staging:x},force-raw=on", "-device", $"loader,file={highFile},addr=0x{KernelStart:x},force-raw=on",
        ];
        using var qemu = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            using var kill = deadline.Token.Register(() => qemu.Kill());
            string console = "";
            while (qemu.StandardOutput.ReadLine() is { } line)
            {
                console += line + "\n";
                if (line.Contains("virttools: userspace", StringComparison.Ordinal)) qemu.StandardInput.WriteLine("echo name=$(hostname); poweroff -f");
            }
            Assert.Contains("name=judge", console, StringComparison.Ordinal);
            Assert.Contains("Command line: console=ttyS0 cryptomgr.notests=1 virttools.hostname=judge virttools.shell\n", console, StringComparison.Ordinal);
            foreach (string range in (string[])["[mem 0x0000000000000000-0x000000000009fbff] usable", "[mem 0x0000000000100000-0x000000000affffff] usable", "[mem 0x000000000b000000-0x000000000bffffff] reserved"])
                Assert.Contains(range, console, StringComparison.Ordinal);
        }
        finally
        {
            if (!qemu.HasExited) qemu.Kill();
            qemu.WaitForExit();
        }
    }

    /// <summary>A multiboot kernel: it is entered in flat 32-bit protected mode, which is PVH's state but for EBX.</summary>
    private static byte[] MakeStub(BootState state)
    {
        var stub = new MemoryStream();
        var code = new BinaryWriter(stub);
        const uint magic = 0x1BADB002, flags = 0x1_0000;
        foreach (uint field in (uint[])[magic, flags, unchecked(0u - magic - flags), Stub, Stub, 0, 0, Stub + 0x30]) code.Write(field);
        code.Write((ushort)state.GlobalDescriptorTable.Limit);
        code.Write((uint)state.GlobalDescriptorTable.Base);
        while (stub.Position < 0x30) code.Write((byte)0);

        code.Write((byte)0xFC);                                            // cld
        Move(0xBE, Staging); Move(0xBF, LowStart); Move(0xB9, LowEnd - LowStart);
        code.Write([0xF3, 0xA4]);                                          // rep movsb
        code.Write([0x0F, 0x01, 0x15]); code.Write(Stub + 0x20);           // lgdt
        if (state.Protocol == BootProtocol.Linux64)
        {
            Move(0xB8, (uint)state.Cr3); code.Write([0x0F, 0x22, 0xD8]);   // mov cr3, eax
            Move(0xB8, (uint)state.Cr4); code.Write([0x0F, 0x22, 0xE0]);   // mov cr4, eax
            Move(0xB9, 0xC000_0080); Move(0xB8, (uint)state.Efer & 0x100); // the processor sets LMA itself
            code.Write([0x31, 0xD2, 0x0F, 0x30]);                          // xor edx, edx; wrmsr
        }
        Move(0xB8, (uint)state.Cr0); code.Write([0x0F, 0x22, 0xC0]);       // mov cr0, eax
        code.Write((byte)0xEA); code.Write(Stub + (uint)stub.Position + 6); code.Write(state.Code.Selector); // jmp far to the next instruction
        Move(0xB8, state.Data.Selector);
        foreach (byte segment in (byte[])[0xD8, 0xC0, 0xD0, 0xE0, 0xE8]) code.Write([0x8E, segment]); // mov ds, es, ss, fs, gs
        Move(0xBB, (uint)state.Rbx);
        Move(0xBE, (uint)state.Rsi);
        Move(0xB8, (uint)state.InstructionPointer);
        code.Write([0xFF, 0xE0]);                                          // jmp eax or rax
        return stub.ToArray();

        void Move(byte opcode, uint value) // mov register, imm32; in long mode it clears the upper half
        {
            code.Write(opcode);
            code.Write(value);
        }
    }
}

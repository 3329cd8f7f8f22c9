using System.ComponentModel;
using System.Diagnostics;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtBenchmarks.Figures.Loops;

/// <summary>
/// A kernel of a page for QEMU (Multiboot specification 0.6.96): it maps the first GiB one to one, enters 64-bit mode, and says so on the debug
/// console before and after a loop. The time between the two counts, not QEMU's own start.
/// </summary>
internal sealed class QemuLoop : IDisposable
{
    private const uint Load = 0x10_0000, Code = Load + 0x40, Code64 = Load + 0x400, Gdt = Load + 0x800, Data = 0x20_0000, Tables = 0x30_0000;
    private const ushort DebugConsole = 0xE9;
    private const byte Word = (byte)'*';

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("virttools-bench");
    private readonly string _kernel;

    internal QemuLoop(LoopCode loop, uint rounds)
    {
        _kernel = Path.Combine(_directory.FullName, "kernel");
        var image = new byte[0x1000];
        Put(image, Load, [.. new uint[] { 0x1BAD_B002, 0x1_0000, unchecked(0u - 0x1BAD_B002 - 0x1_0000), Load, Load, Load + 0x1000, Load + 0x1000, Code }
            .SelectMany(BitConverter.GetBytes)]);
        Put(image, Code, Assemble(32, Code, EnterLongMode));
        Put(image, Code64, Assemble(64, Code64, a =>
        {
            Say(a);
            loop.Write(a, rounds, Data);
            Say(a);
            a.cli();
            a.hlt();
        }));
        // Null, 64-bit code, data; then the register's value for LGDT.
        Put(image, Gdt, [.. new ulong[] { 0, 0x00AF_9A00_0000_FFFF, 0x00CF_9200_0000_FFFF }.SelectMany(BitConverter.GetBytes)]);
        Put(image, Gdt + 24, [23, 0, .. BitConverter.GetBytes(Gdt)]);
        File.WriteAllBytes(_kernel, image);
        if (Run() <= 0) throw new InvalidOperationException("QEMU's processor time did not grow.");
    }

    /// <summary>Runs the loop once.</summary>
    /// <returns>Seconds of processor time that it took.</returns>
    internal double Run()
    {
        string[] arguments =
        [
            "-accel", "tcg", "-m", "16", "-display", "none", "-vga", "none", "-nic", "none", "-serial", "none", "-monitor", "none", "-no-reboot",
            "-debugcon", "stdio", "-kernel", _kernel,
        ];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("qemu-system-x86_64", arguments) { RedirectStandardOutput = true })!;
            try
            {
                var before = TimeAtWord(process);
                return (TimeAtWord(process) - before).TotalSeconds;
            }
            finally
            {
                process.Kill();
                process.WaitForExit();
            }
        }
        catch (Win32Exception e)
        {
            throw new FigureUnavailableException($"qemu-system-x86_64: {e.Message}");
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static TimeSpan TimeAtWord(Process process) => process.StandardOutput.BaseStream.ReadByte() == Word
        ? process.TotalProcessorTime
        : throw new InvalidOperationException("The loop did not run in QEMU.");

    private static void Say(Assembler a)
    {
        a.mov(al, Word);
        a.mov(dx, DebugConsole);
        a.@out(dx, al);
    }

    private static void EnterLongMode(Assembler a)
    {
        a.mov(__dword_ptr[Tables], Tables + 0x1000 | 3);
        a.mov(__dword_ptr[Tables + 0x1000], Tables + 0x2000 | 3);
        a.mov(edi, Tables + 0x2000);
        a.mov(eax, 0x83);
        var next = a.CreateLabel();
        a.Label(ref next);
        a.mov(__dword_ptr[edi], eax);
        a.add(edi, 8);
        a.add(eax, 0x20_0000);
        a.cmp(edi, Tables + 0x3000);
        a.jne(next);
        a.lgdt(__[Gdt + 24]);
        a.mov(eax, 0x620);
        a.mov(cr4, eax);
        a.mov(eax, Tables);
        a.mov(cr3, eax);
        a.mov(ecx, 0xC000_0080);
        a.mov(eax, 0x100);
        a.xor(edx, edx);
        a.wrmsr();
        a.mov(eax, 0x8001_0033);
        a.mov(cr0, eax);
        a.AddInstruction(Instruction.CreateBranch(Iced.Intel.Code.Jmp_ptr1632, 8, Code64));
    }

    private static byte[] Assemble(int bits, uint address, Action<Assembler> write)
    {
        var assembler = new Assembler(bits);
        write(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), address);
        return bytes.ToArray();
    }

    private static void Put(byte[] image, uint address, byte[] bytes) => bytes.CopyTo(image, (int)(address - Load));
}

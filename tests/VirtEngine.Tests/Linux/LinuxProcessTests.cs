using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Linux;

/// <summary>Programs in the guest compute what they compute elsewhere, and die of what they would die of elsewhere.</summary>
[Collection(LinuxCollection.Name)]
public sealed class LinuxProcessTests(SharedLinuxMachine shared)
{
    private const int SignalIll = 4, SignalTrap = 5, SignalFpe = 8, SignalSegv = 11;

    private LinuxMachine Linux => shared.Linux;

    [LinuxGuestFact]
    public async Task Digests_are_those_of_the_host()
    {
        var data = new byte[1 << 20];
        new Random(11).NextBytes(data);
        await Linux.WriteFileAsync("/tmp/data", data);
        string sums = await Linux.AskAsync("cd /tmp; md5sum data; sha1sum data; sha256sum data; sha512sum data; gzip -c data | gunzip -c | md5sum; rm data");
#pragma warning disable CA5350, CA5351 // compared, not relied on
        byte[][] expected = [MD5.HashData(data), SHA1.HashData(data), SHA256.HashData(data), SHA512.HashData(data), MD5.HashData(data)];
#pragma warning restore CA5350, CA5351
        Assert.Equal(expected.Select(Convert.ToHexStringLower), sums.Split('\n').Select(line => line.Split(' ')[0]));
    }

    [LinuxGuestFact]
    public async Task Floating_point_gives_the_known_answers()
    {
        // awk computes with SSE2; its printf takes the numbers apart with x87 instructions.
        string answers = await Linux.AskAsync("""
            awk 'BEGIN { for (i = 1; i <= 20000; i++) { b += 1/(i*i); l += (i % 2 ? 1 : -1)/(2*i-1) }
              printf "%.17g %.17g\n", b, 4*l; r = 1; for (i = 0; i < 40; i++) r = (r + 2/r)/2; e = f = 1; for (i = 1; i < 30; i++) { f /= i; e += f }
              printf "%.16g %.16g\n", r, e; printf "%.17g\n", 0.1 + 0.2; printf "%d %x %.3e\n", 2147483646.5, 255, 1/3; print 1e300*1e300, -1e300*1e300 }'
            """);
        double basel = 0, leibniz = 0;
        for (int i = 1; i <= 20000; i++)
        {
            basel += 1.0 / ((double)i * i);
            leibniz += (i % 2 != 0 ? 1.0 : -1.0) / (2 * i - 1);
        }
        Assert.Equal(FormattableString.Invariant(
            $"{basel:g17} {4 * leibniz:g17}\n1.414213562373095 2.718281828459046\n0.30000000000000004\n2147483646 ff 3.333e-01\ninf -inf"), answers);
    }

    [LinuxGuestFact]
    public async Task Whole_numbers_of_any_size_are_computed()
    {
        System.Numerics.BigInteger factorial = 1, a = 0, b = 1;
        for (int i = 2; i <= 30; i++) factorial *= i;
        for (int i = 0; i < 228; i++) (a, b) = (b, a + b);
        string answers = await Linux.AskAsync(
            "echo 'f=1; for (i=2; i<=30; i++) f=f*i; f; a=0; b=1; for (i=0; i<228; i++) { c=a+b; a=b; b=c }; a' | BC_LINE_LENGTH=0 bc");
        Assert.Equal(FormattableString.Invariant($"{factorial}\n{a}"), answers);
    }

    [LinuxGuestFact]
    public async Task Two_hundred_processes_come_and_go()
    {
        string counted = await Linux.AskAsync("i=0; n=0; while [ $i -lt 200 ]; do /bin/true && n=$((n+1)); i=$((i+1)); done; echo $n");
        Assert.Equal("200", counted);
        // And in parallel, over both processors, through pipes.
        string summed = await Linux.AskAsync("for i in $(seq 1 60); do (seq 1 $i | awk '{ s += $1 } END { print s }') & done | sort -n | awk '{ t += $1 } END { print t }'");
        Assert.Equal(Enumerable.Range(1, 60).Sum(i => i * (i + 1) / 2).ToString(CultureInfo.InvariantCulture), summed);
    }

    public static TheoryData<string, int> Deaths => new()
    {
        { "ud2", SignalIll }, { "div", SignalFpe }, { "idiv overflow", SignalFpe }, { "null load", SignalSegv }, { "store to code", SignalSegv },
        { "execute data", SignalSegv }, { "privileged", SignalSegv }, { "non-canonical", SignalSegv }, { "int3", SignalTrap }, { "icebp", SignalTrap },
        { "single step", SignalTrap }, { "out", SignalSegv }, { "unmasked SSE divide", SignalFpe }, { "unmasked x87 divide", SignalFpe }, { "kernel load", SignalSegv },
    };

    [LinuxGuestTheory]
    [MemberData(nameof(Deaths))]
    public async Task Program_dies_of_what_it_does(string cause, int signal)
    {
        var result = await Linux.RunProgramAsync(c =>
        {
            switch (cause)
            {
                case "ud2": c.ud2(); break;
                case "div": c.xor(edx, edx); c.xor(ecx, ecx); c.mov(eax, 1); c.div(ecx); break;
                case "idiv overflow": c.mov(eax, int.MinValue); c.cdq(); c.mov(ecx, -1); c.idiv(ecx); break;
                case "null load": c.xor(eax, eax); c.mov(rax, __qword_ptr[rax]); break;
                case "store to code": c.mov(__dword_ptr[LinuxProgram.Code], 1); break;
                case "execute data": c.mov(rax, rsp); c.mov(__byte_ptr[rax], 0xC3); c.call(rax); break;
                case "privileged": c.cli(); break;
                case "non-canonical": c.mov(rax, 0x8000_0000_0000_0000ul); c.mov(al, __byte_ptr[rax + 5]); break;
                case "int3": c.int3(); break;
                case "icebp": c.int1(); break;
                case "single step": c.pushfq(); c.or(__dword_ptr[rsp], 0x100); c.popfq(); c.nop(); break;
                case "out": c.mov(al, 0xFE); c.@out(0x64, al); break;
                case "unmasked SSE divide":
                    c.push(0x1D80);             // every exception masked but division by zero
                    c.ldmxcsr(__dword_ptr[rsp]);
                    c.xorps(xmm1, xmm1);
                    c.mov(eax, 1);
                    c.cvtsi2sd(xmm0, eax);
                    c.divsd(xmm0, xmm1);
                    break;
                case "unmasked x87 divide":
                    c.push(0x37B);
                    c.fldcw(__word_ptr[rsp]);
                    c.fld1();
                    c.fldz();
                    c.fdivp(st1, st0);
                    c.wait();
                    break;
                case "kernel load": c.mov(rax, 0xFFFF_FFFF_8100_0000ul); c.mov(rax, __qword_ptr[rax]); break;
            }
            LinuxProgram.Exit(c, 77);
        });
        Assert.True(result.Signal == signal && result.ExitCode is null, $"{result}\n{Linux.Console.Text[^Math.Min(Linux.Console.Length, 6000)..]}");
    }

    [LinuxGuestFact]
    public async Task Program_without_a_C_library_runs()
    {
        var result = await Linux.RunProgramAsync(c =>
        {
            var text = c.CreateLabel();
            c.mov(eax, 1);          // write
            c.mov(edi, 1);
            c.lea(rsi, __[text]);
            c.mov(edx, 3);
            c.syscall();
            LinuxProgram.Exit(c, 23);
            c.Label(ref text);
            c.db("Hi\n"u8.ToArray());
        });
        Assert.Equal("Hi\n", Encoding.ASCII.GetString(result.Output));
        Assert.Equal(23, result.ExitCode);
    }

    [LinuxGuestFact]
    public async Task Unaligned_and_page_crossing_accesses_and_atomics_work_in_a_program()
    {
        var result = await Linux.RunProgramAsync(c =>
        {
            // 64 KiB of stack below, touched from page to page through operands that cross the boundary.
            var again = c.CreateLabel();
            c.mov(rbx, rsp);
            c.and(rbx, -4096);
            c.mov(ecx, 8);
            c.xor(r8d, r8d);
            c.Label(ref again);
            c.mov(rax, 0x0123_4567_89AB_CDEFul);
            c.mov(__qword_ptr[rbx - 3], rax);
            c.@lock.add(__qword_ptr[rbx - 3], 1);
            c.movdqu(xmm0, __xmmword_ptr[rbx - 7]);
            c.movdqu(__xmmword_ptr[rbx - 9], xmm0);
            c.add(r8, __qword_ptr[rbx - 5]);            // what was moved down by two bytes
            c.sub(rbx, 4096);
            c.dec(ecx);
            c.jnz(again);
            c.mov(rdx, 0x0123_4567_89AB_CDF0ul * 8);
            c.cmp(r8, rdx);
            c.sete(dil);
            c.movzx(edi, dil);
            c.mov(eax, 60);
            c.syscall();
        });
        Assert.Equal(1, result.ExitCode);
    }
}

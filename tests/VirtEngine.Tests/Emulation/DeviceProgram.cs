using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace VirtEngine.Tests.Emulation;

/// <summary>A few instructions that reach a device.</summary>
/// <param name="Name">What is in it.</param>
/// <param name="Bits">The code size.</param>
/// <param name="Code">The instructions.</param>
internal sealed record DeviceProgram(string Name, int Bits, Action<Assembler> Code)
{
    /// <summary>The corpus. In 64-bit programs RDI points to the device, in 32-bit ones EDI; RSI and ESI to data in RAM.</summary>
    internal static IReadOnlyList<DeviceProgram> All { get; } =
    [
        Long("mov to memory", a => { a.mov(__[rdi], al); a.mov(__[rdi + 2], bx); a.mov(__[rdi + 4], ecx); a.mov(__[rdi + 8], rdx); a.mov(__[rdi + 16], ah); }),
        Long("mov from memory", a => { a.mov(al, __[rdi]); a.mov(bx, __[rdi + 2]); a.mov(ecx, __[rdi + 4]); a.mov(rdx, __[rdi + 8]); a.mov(bh, __[rdi + 16]); }),
        Long("mov of immediates", a =>
        {
            a.mov(__byte_ptr[rdi], 0x7F); a.mov(__word_ptr[rdi + 2], 0x7FFE); a.mov(__dword_ptr[rdi + 4], 0x1234_5678); a.mov(__qword_ptr[rdi + 8], -5);
        }),
        Long("mov unaligned", a => { a.mov(__[rdi + 1], eax); a.mov(__[rdi + 3], rbx); a.mov(ecx, __[rdi + 5]); a.mov(rdx, __[rdi + 7]); a.mov(__[rdi + 0xFFE], eax); }),
        Long("mov over pages of RAM and device", a => { a.mov(r8d, (uint)EmulatedGuest.Size - 3); a.mov(__[r8], rax); a.mov(rbx, __[r8]); }),
        Long("mov with index", a => { a.and(ecx, 0xF8); a.mov(__[rdi + rcx * 4 + 8], eax); a.mov(rax, __[rdi + rcx * 2]); }),
        Long("mov segments", a => { a.mov(__word_ptr[rdi], ds); a.mov(__word_ptr[rdi + 2], gs); }),
        Long("movabs", a => { a.mov(al, __[(ulong)EmulatedGuest.Device + 3]); a.mov(__[(ulong)EmulatedGuest.Device + 8], rax); }),
        Long("movzx", a => { a.movzx(eax, __byte_ptr[rdi]); a.movzx(bx, __byte_ptr[rdi + 1]); a.movzx(rcx, __word_ptr[rdi + 2]); a.movzx(edx, __word_ptr[rdi + 4]); }),
        Long("movsx", a => { a.movsx(eax, __byte_ptr[rdi]); a.movsx(bx, __byte_ptr[rdi + 1]); a.movsx(rcx, __word_ptr[rdi + 2]); a.movsxd(rdx, __dword_ptr[rdi + 4]); }),
        Long("movbe", a => { a.movbe(eax, __dword_ptr[rdi]); a.movbe(__qword_ptr[rdi + 8], rbx); }),
        Long("movnti", a => { a.movnti(__[rdi], eax); a.movnti(__[rdi + 8], rbx); }),
        Long("add", a => { a.add(__[rdi], al); a.add(__[rdi + 2], bx); a.add(__dword_ptr[rdi + 4], 5); a.add(rcx, __[rdi + 8]); }),
        Long("adc", a => { a.adc(__[rdi], eax); a.adc(rbx, __[rdi + 8]); a.adc(__qword_ptr[rdi + 16], -1); }),
        Long("sub", a => { a.sub(__[rdi], rax); a.sub(bl, __[rdi + 8]); a.sub(__word_ptr[rdi + 10], 3); }),
        Long("sbb", a => { a.sbb(__[rdi], ax); a.sbb(rbx, __[rdi + 8]); }),
        Long("and", a => { a.and(__[rdi], al); a.and(__dword_ptr[rdi + 4], 0xFF00); a.and(rax, __[rdi + 8]); }),
        Long("or", a => { a.or(__[rdi], ax); a.or(__dword_ptr[rdi + 4], 0x81); a.or(rax, __[rdi + 8]); }),
        Long("xor", a => { a.xor(__[rdi], eax); a.xor(__byte_ptr[rdi + 4], 0x55); a.xor(rax, __[rdi + 8]); }),
        Long("test", a => { a.test(__[rdi], al); a.test(__dword_ptr[rdi + 4], 0x100); a.test(__[rdi + 8], rax); }),
        Long("cmp", a => { a.cmp(__[rdi], al); a.cmp(__dword_ptr[rdi + 4], 0x100); a.cmp(rax, __[rdi + 8]); a.cmp(__word_ptr[rdi + 16], 2); }),
        Long("inc and dec", a => { a.inc(__byte_ptr[rdi]); a.dec(__word_ptr[rdi + 2]); a.inc(__dword_ptr[rdi + 4]); a.dec(__qword_ptr[rdi + 8]); }),
        Long("not and neg", a => { a.not(__byte_ptr[rdi]); a.neg(__word_ptr[rdi + 2]); a.not(__dword_ptr[rdi + 4]); a.neg(__qword_ptr[rdi + 8]); }),
        Long("shifts", a => { a.shl(__byte_ptr[rdi], 3); a.shr(__word_ptr[rdi + 2], 1); a.sar(__dword_ptr[rdi + 4], cl); a.rol(__qword_ptr[rdi + 8], 7); a.ror(__qword_ptr[rdi + 8], cl); }),
        Long("double shifts", a => { a.shld(__[rdi], eax, 5); a.shrd(__[rdi + 8], rbx, cl); }),
        Long("mul and div", a => { a.xor(edx, edx); a.mul(__dword_ptr[rdi]); a.imul(rbx, __qword_ptr[rdi + 8]); a.imul(ecx, __dword_ptr[rdi + 4], 9); a.xor(edx, edx); a.or(r8d, 1); a.div(r8d); }),
        Long("xchg", a => { a.xchg(__[rdi], al); a.xchg(__[rdi + 2], bx); a.xchg(__[rdi + 4], ecx); a.xchg(__[rdi + 8], rdx); }),
        Long("xadd", a => { a.xadd(__[rdi], eax); a.@lock.xadd(__[rdi + 8], rbx); }),
        Long("locked arithmetic", a => { a.@lock.or(__dword_ptr[rdi], 1); a.@lock.dec(__dword_ptr[rdi + 4]); a.@lock.and(__[rdi + 8], rax); a.@lock.add(__[rsi], rbx); }),
        Long("cmpxchg", a => { a.cmpxchg(__[rdi], ecx); a.@lock.cmpxchg(__[rdi + 8], rbx); a.mov(rax, __[rsi]); a.@lock.cmpxchg(__[rsi], rdx); }),
        Long("cmpxchg8b and 16b", a => { a.cmpxchg8b(__qword_ptr[rdi]); a.cmpxchg16b(__xmmword_ptr[rdi + 16]); a.@lock.cmpxchg16b(__xmmword_ptr[rsi]); }),
        Long("bit tests", a => { a.bt(__dword_ptr[rdi], 3); a.bts(__dword_ptr[rdi + 4], 5); a.btr(__qword_ptr[rdi + 8], 40); a.btc(__word_ptr[rdi + 2], 1); }),
        Long("bit strings", a => { a.and(eax, 0x7F); a.bt(__[rdi], eax); a.bts(__[rdi + 16], eax); a.@lock.btr(__[rdi + 32], eax); }),
        Long("bit scans", a => { a.bsf(eax, __dword_ptr[rdi]); a.bsr(rbx, __qword_ptr[rdi + 8]); a.popcnt(ecx, __dword_ptr[rdi + 4]); }),
        Long("setcc and cmov", a => { a.setc(__byte_ptr[rdi]); a.sets(__byte_ptr[rdi + 1]); a.cmovz(eax, __dword_ptr[rdi + 4]); a.cmovnz(rbx, __qword_ptr[rdi + 8]); }),
        Long("push and pop", a => { a.push(__qword_ptr[rdi]); a.push(__qword_ptr[rsi]); a.pop(__qword_ptr[rdi + 8]); a.pop(__qword_ptr[rsi + 8]); }),
        Long("stack on the device", a => { a.mov(r15, rsp); a.lea(rsp, __[rdi + 0x80]); a.push(rax); a.push(rbx); a.pop(rcx); a.pushfq(); a.popfq(); a.mov(rsp, r15); }),
        Long("calls through the device's stack", a =>
        {
            var there = a.CreateLabel();
            var behind = a.CreateLabel();
            a.mov(r15, rsp);
            a.lea(rsp, __[rsi + 0x80]);
            a.call(there);
            a.jmp(behind);
            a.Label(ref there);
            a.ret();
            a.Label(ref behind);
            a.mov(rsp, r15);
        }),
        Long("movs", a => { a.cld(); a.movsb(); a.movsd(); a.movsq(); a.std(); a.movsw(); a.cld(); }),
        Long("rep movs to the device", a => { a.cld(); a.mov(ecx, 5); a.rep.movsd(); a.mov(ecx, 3); a.rep.movsb(); }),
        Long("rep movs from the device", a => { a.xchg(rsi, rdi); a.cld(); a.mov(ecx, 7); a.rep.movsw(); a.mov(ecx, 2); a.rep.movsq(); }),
        Long("rep movs backwards", a => { a.add(rsi, 64); a.add(rdi, 64); a.std(); a.mov(ecx, 6); a.rep.movsb(); a.cld(); }),
        Long("rep movs in RAM", a => { a.lea(rdi, __[rsi + 0x2000]); a.cld(); a.mov(ecx, 5000); a.rep.movsb(); }),
        Long("rep stos", a => { a.cld(); a.mov(ecx, 4); a.rep.stosd(); a.mov(ecx, 3); a.rep.stosb(); a.xor(ecx, ecx); a.rep.stosq(); a.stosw(); }),
        Long("lods", a => { a.mov(rsi, rdi); a.cld(); a.lodsb(); a.lodsw(); a.mov(ecx, 3); a.rep.lodsd(); }),
        Long("cmps", a => { a.cld(); a.cmpsb(); a.mov(ecx, 4); a.repe.cmpsd(); a.mov(ecx, 4); a.repne.cmpsb(); }),
        Long("scas", a => { a.cld(); a.scasb(); a.mov(ecx, 9); a.repne.scasb(); a.mov(ecx, 3); a.repe.scasd(); }),
        Long("sse moves", a =>
        {
            a.movd(__dword_ptr[rdi], xmm0); a.movq(__qword_ptr[rdi + 8], xmm1); a.movups(__xmmword_ptr[rdi + 0x11], xmm2); a.movaps(__xmmword_ptr[rdi + 0x40], xmm3);
            a.movdqa(xmm4, __xmmword_ptr[rdi + 0x50]); a.movdqu(xmm5, __xmmword_ptr[rdi + 0x63]); a.movss(xmm6, __dword_ptr[rdi]); a.movsd(xmm7, __qword_ptr[rdi + 8]);
            a.movntdq(__xmmword_ptr[rdi + 0x70], xmm8); a.movhps(__qword_ptr[rdi + 0x80], xmm9); a.movlpd(xmm10, __qword_ptr[rdi + 0x88]);
        }),
        Long("sse arithmetic", a => { a.paddd(xmm0, __xmmword_ptr[rdi]); a.pxor(xmm1, __xmmword_ptr[rdi + 16]); a.pshufb(xmm2, __xmmword_ptr[rdi + 32]); a.cvtsi2sd(xmm3, __dword_ptr[rdi + 48]); }),
        Long("mmx and x87", a =>
        {
            a.movq(mm0, __qword_ptr[rdi]); a.paddb(mm0, __qword_ptr[rdi + 8]); a.movq(__qword_ptr[rdi + 16], mm0); a.emms();
            a.fild(__dword_ptr[rdi + 32]); a.fistp(__qword_ptr[rdi + 40]); a.fnstcw(__word_ptr[rdi + 48]); a.stmxcsr(__dword_ptr[rdi + 52]);
        }),
        Long("ports", a =>
        {
            a.@in(al, 0x60); a.@in(ax, 0x62); a.@in(eax, 0x64); a.@out(0x66, al); a.@out(0x68, ax); a.@out(0x6A, eax);
            a.mov(dx, 0x3F8); a.@in(al, dx); a.@in(eax, dx); a.@out(dx, al); a.@out(dx, eax);
        }),
        Long("string ports", a =>
        {
            a.cld(); a.mov(dx, 0x1F0); a.mov(ecx, 4); a.rep.outsw(); a.outsb(); a.mov(rdi, rsi); a.mov(ecx, 3); a.rep.insd(); a.insb();
        }),
        Long("string ports to and from the device", a => { a.cld(); a.mov(dx, 0x1F0); a.mov(ecx, 2); a.rep.insw(); a.mov(rsi, rdi); a.mov(ecx, 2); a.rep.outsd(); }),
        Long("prefetch and flush", a => { a.prefetcht0(__byte_ptr[rdi]); a.clflush(__byte_ptr[rdi]); a.nop(__dword_ptr[rdi]); }),
        Long("interrupt flag", a => { a.sti(); a.mov(__[rdi], eax); a.cli(); a.mov(eax, __[rdi]); }),
        Protected("mov in 32 bits", a => { a.mov(__[edi], al); a.mov(__[edi + 2], bx); a.mov(ecx, __[edi + 4]); a.movzx(eax, __word_ptr[edi + 8]); }),
        Protected("arithmetic in 32 bits", a => { a.add(__[edi], eax); a.@lock.bts(__dword_ptr[edi + 4], 3); a.cmpxchg(__[edi + 8], ecx); a.cmpxchg8b(__qword_ptr[edi + 16]); }),
        Protected("stack in 32 bits", a => { a.mov(ebp, esp); a.lea(esp, __[edi + 0x80]); a.pushad(); a.push(0x55); a.pop(eax); a.popad(); a.mov(esp, ebp); }),
        Protected("strings in 32 bits", a => { a.cld(); a.mov(ecx, 3); a.rep.movsd(); a.mov(ecx, 3); a.rep.stosw(); a.mov(dx, 0x70); a.mov(ecx, 2); a.rep.outsb(); }),
        Protected("loads of segments", a => { a.mov(__word_ptr[edi], es); a.push(es); a.pop(__dword_ptr[edi + 4]); }),
    ];

    private static DeviceProgram Long(string name, Action<Assembler> code) => new(name, 64, a =>
    {
        a.mov(edi, EmulatedGuest.Device);
        a.mov(esi, EmulatedGuest.Data);
        code(a);
    });

    private static DeviceProgram Protected(string name, Action<Assembler> code) => new(name, 32, a =>
    {
        a.mov(edi, EmulatedGuest.Device);
        a.mov(esi, EmulatedGuest.Data);
        code(a);
    });

    public override string ToString() => Name;
}

using System.Diagnostics;
using VirtEngine.Hypervisors;
using VirtEngine.Conformance.Guests;
using static Iced.Intel.AssemblerRegisters;
using static VirtEngine.Conformance.Guests.TrapGuest;

namespace VirtEngine.Conformance;

/// <summary>Address translation as the Intel manual tells it (vol. 3, chapter 4).</summary>
public class PagingTests<TBackend> : IDisposable where TBackend : IBackend
{
    private const ulong Page = SmallPages + 0x5000, NextPage = Page + 0x1000;
    private const ulong WriteProtect = 1 << 16, Smep = 1 << 20;
    private const byte PageFault = 14;

    // How often an entry goes and comes beneath a processor that walks.
    private static readonly int Turns = Environment.GetEnvironmentVariable("VIRTTOOLS_NIGHTLY") == "1" ? 300_000 : 30_000;

    private readonly TrapGuest _guest = new(TBackend.Hypervisor);

    public void Dispose()
    {
        _guest.Dispose();
        GC.SuppressFinalize(this);
    }

    private void SetPage(ulong linear, ulong entry)
    {
        _guest.WriteWords(EntryOf(linear), entry);
        _guest.Change(state => state.Cr3 = Pml4);    // a new state begins with an empty TLB
    }

    private static void Exit(Iced.Intel.Assembler c)
    {
        c.@out(0xF4, al);
        c.hlt();
    }

    // Rights of the page, the access, from user mode; WP, SMEP; error code, or −1 if it is allowed.
    [Theory]
    [InlineData(0, Access.Read, false, 0)]
    [InlineData(0, Access.Write, false, 2)]
    [InlineData(0, Access.Read, true, 4)]
    [InlineData(0, Access.Write, true, 6)]
    [InlineData(0, Access.Fetch, true, 0x14)]
    [InlineData(0, Access.Fetch, false, 0x10)]
    [InlineData(Present | Writable, Access.Read, true, 5)]
    [InlineData(Present | Writable, Access.Write, true, 7)]
    [InlineData(Present | Writable, Access.Fetch, true, 0x15)]
    [InlineData(Present | User, Access.Write, true, 7)]
    [InlineData(Present | User, Access.Read, true, -1)]
    [InlineData(Present | User | Writable, Access.Write, true, -1)]
    [InlineData(Present | User, Access.Write, false, 3)]
    [InlineData(Present, Access.Write, false, 3)]
    [InlineData(Present, Access.Read, false, -1)]
    [InlineData(Present | User | NoExecute, Access.Fetch, true, 0x15)]
    [InlineData(Present | NoExecute, Access.Fetch, false, 0x11)]
    [InlineData(Present | User | NoExecute, Access.Read, true, -1)]
    [InlineData(Present | User, Access.Fetch, false, 0x11)]                     // SMEP
    [InlineData(Present | 1ul << 45, Access.Read, false, 9)]                    // beyond the physical addresses
    [InlineData(Present | User | 1ul << 45, Access.Write, true, 0xF)]
    public void Rights_are_kept_and_the_error_code_tells_which_was_broken(ulong rights, Access access, bool user, int code)
    {
        _guest.Change(state => { state.Cr0 |= WriteProtect; state.Cr4 |= Smep; });
        SetPage(Page, (rights & Present) != 0 || rights != 0 ? Page | rights : 0);
        _guest.Tiny.Memory.Write(Page, [0xE6, 0xF4, 0xF4]);      // out 0xF4, al: user mode may not, and gets #GP
        // The code lies in a page of the same privilege: user's pages are not executed by the supervisor under SMEP.
        ulong entry = user ? Code | 7 : Code | 3;
        _guest.WriteWords(EntryOf(SmallPages), entry);
        _guest.WriteWords(PageDirectory, 0x83);                  // the handlers' pages: supervisor's
        void Write(Iced.Intel.Assembler c)
        {
            c.mov(rbx, Page);
            switch (access)
            {
                case Access.Read: c.mov(rax, __qword_ptr[rbx]); break;
                case Access.Write: c.mov(__qword_ptr[rbx + 8], rax); break;
                default: c.jmp(rbx); break;
            }
            c.int3();
        }
        _guest.SetGate(3, Stubs + 3 * 8, privilege: 3);
        _guest.Load(Write);
        _guest.Continue(SmallPages, user);
        var trap = _guest.RunToTrap();
        if (code < 0) Assert.Equal(3, trap.Vector);
        else
        {
            Assert.Equal(PageFault, trap.Vector);
            Assert.Equal((uint)code, trap.ErrorCode);
            Assert.Equal(access == Access.Write ? Page + 8 : Page, trap.Cr2);
            Assert.Equal(user ? UserCode : KernelCode, trap.Code);
            Assert.Equal(access == Access.Fetch ? Page : SmallPages + 10, trap.InstructionPointer);
        }
    }

    [Fact]
    public void Supervisor_writes_to_read_only_pages_unless_told_not_to()
    {
        SetPage(Page, Page | Present);
        _guest.Change(state => state.Cr0 &= ~WriteProtect);
        _guest.RunToEnd(c => { c.mov(rbx, Page); c.mov(__byte_ptr[rbx], 7); Exit(c); });
        Assert.Equal(7ul, _guest.Word(Page) & 0xFF);
        Assert.Equal(Page | Present | Accessed | Dirty, _guest.Word(EntryOf(Page)));
        // Turned on by the guest, the translation that allowed it is gone.
        var trap = _guest.RunToTrap(c =>
        {
            c.mov(rbx, Page);
            c.mov(__byte_ptr[rbx], 8);
            c.mov(rax, cr0);
            c.or(eax, (int)WriteProtect);
            c.mov(cr0, rax);
            c.mov(__byte_ptr[rbx], 9);
        });
        Assert.Equal((PageFault, 3u), (trap.Vector, trap.ErrorCode!.Value));
        Assert.Equal(8ul, _guest.Word(Page) & 0xFF);
    }

    [Fact]
    public void Accessed_and_dirty_bits_tell_what_was_done()
    {
        _guest.RunToEnd(c => { c.mov(rbx, Page); c.mov(al, __byte_ptr[rbx]); Exit(c); });
        Assert.Equal(Page | 7 | Accessed, _guest.Word(EntryOf(Page)));
        Assert.Equal(Table | 7 | Accessed, _guest.Word(PageDirectory + 8));
        Assert.Equal(DirectoryPointers | 7 | Accessed, _guest.Word(Pml4));
        _guest.RunToEnd(c => { c.mov(rbx, Page); c.mov(al, __byte_ptr[rbx]); c.mov(__byte_ptr[rbx], al); Exit(c); });
        Assert.Equal(Page | 7 | Accessed | Dirty, _guest.Word(EntryOf(Page)));
        Assert.Equal(NextPage | 7, _guest.Word(EntryOf(NextPage)));
        // Cleared and flushed, they are set again.
        _guest.RunToEnd(c =>
        {
            c.mov(rbx, Page);
            c.mov(rcx, EntryOf(Page));
            c.mov(__byte_ptr[rbx], al);
            c.and(__qword_ptr[rcx], ~(int)(Accessed | Dirty));
            c.invlpg(__byte_ptr[rbx]);
            c.mov(al, __byte_ptr[rbx]);
            Exit(c);
        });
        Assert.Equal(Page | 7 | Accessed, _guest.Word(EntryOf(Page)));
    }

    [Fact]
    public void No_execute_is_a_reserved_bit_while_it_is_off()
    {
        SetPage(Page, Page | 7 | NoExecute);
        _guest.Change(state => state.Efer &= ~0x800ul);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, Page); c.mov(al, __byte_ptr[rbx]); });
        Assert.Equal((PageFault, 9u), (trap.Vector, trap.ErrorCode!.Value));
    }

    [Fact]
    public void Page_that_moved_is_found_after_INVLPG()
    {
        _guest.WriteWords(Page, 0x1111);
        _guest.WriteWords(NextPage, 0x2222);
        var state = _guest.RunToEnd(c =>
        {
            c.mov(rbx, Page);
            c.mov(rcx, EntryOf(Page));
            c.mov(r8, __qword_ptr[rbx]);
            c.mov(rax, NextPage | 7);
            c.mov(__qword_ptr[rcx], rax);
            c.invlpg(__byte_ptr[rbx]);
            c.mov(r9, __qword_ptr[rbx]);
            c.mov(__qword_ptr[rcx], 0);
            c.mov(rax, cr3);
            c.mov(cr3, rax);
            Exit(c);
        });
        Assert.Equal((0x1111ul, 0x2222ul), (state.Registers[8], state.Registers[9]));
        Assert.Equal((PageFault, 0u), _guest.RunToTrap(c => { c.mov(rbx, Page); c.mov(al, __byte_ptr[rbx]); }) is var trap ? (trap.Vector, trap.ErrorCode!.Value) : default);
    }

    [Fact]
    public void INVLPG_of_any_address_in_a_large_page_forgets_all_of_it()
    {
        const ulong large = 0x80_0000;
        _guest.WriteWords(0x80_0000, 1);
        _guest.WriteWords(0x80_3000, 2);
        _guest.WriteWords(0xA0_0000, 3);
        _guest.WriteWords(0xA0_3000, 4);
        var state = _guest.RunToEnd(c =>
        {
            c.mov(rbx, large);
            c.mov(rcx, PageDirectory + 4 * 8);
            c.mov(r8, __qword_ptr[rbx]);
            c.mov(r9, __qword_ptr[rbx + 0x3000]);
            c.mov(rax, 0xA0_0000ul | 0x87);
            c.mov(__qword_ptr[rcx], rax);
            c.invlpg(__byte_ptr[rbx + 0x1_2345]);
            c.mov(r10, __qword_ptr[rbx]);
            c.mov(r11, __qword_ptr[rbx + 0x3000]);
            Exit(c);
        });
        Assert.Equal([1ul, 2, 3, 4], state.Registers[8..12]);
        Assert.Equal(0xA0_0000ul | 0x87 | Accessed, _guest.Word(PageDirectory + 4 * 8));
    }

    [Fact]
    public void Reserved_bits_of_a_large_page_fault()
    {
        _guest.WriteWords(PageDirectory + 4 * 8, 0x80_2000 | 0x87);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, 0x80_0000ul); c.mov(al, __byte_ptr[rbx]); });
        Assert.Equal((PageFault, 9u), (trap.Vector, trap.ErrorCode!.Value));
    }

    [Fact]
    public void Rights_of_all_levels_hold_together()
    {
        _guest.WriteWords(PageDirectory + 8, Table | Present | User);        // read-only above writable entries
        _guest.Change(state => state.Cr0 |= WriteProtect);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, Page); c.mov(__byte_ptr[rbx], 1); });
        Assert.Equal((PageFault, 3u), (trap.Vector, trap.ErrorCode!.Value));
        _guest.WriteWords(PageDirectory + 8, Table | 7 | NoExecute);
        _guest.Change(_ => { });
        trap = _guest.RunToTrap(c => { c.mov(rbx, Page); c.jmp(rbx); });
        Assert.Equal((PageFault, 0x11u), (trap.Vector, trap.ErrorCode!.Value));
    }

    [Fact]
    public void Access_across_pages_that_are_apart_in_memory_is_put_together()
    {
        SetPage(NextPage, SmallPages + 0x1_0000 | 7);
        _guest.WriteWords(Page + 0xFF8, 0x7766_5544_3322_1100);
        _guest.WriteWords(SmallPages + 0x1_0000, 0xFFEE_DDCC_BBAA_9988);
        var state = _guest.RunToEnd(c =>
        {
            c.mov(rbx, Page + 0xFFD);
            c.mov(rax, __qword_ptr[rbx]);
            c.movdqu(xmm0, __xmmword_ptr[rbx - 5]);
            c.add(__dword_ptr[rbx + 1], 0x0101_0101);
            c.@lock.xadd(__qword_ptr[rbx - 2], rax);
            c.mov(rcx, __qword_ptr[rbx]);
            Exit(c);
        });
        ulong after = 0xCCBB_AA99_8877_6655 + (0x0101_0101ul << 8 & 0xFF_FFFF_FFFF);
        ulong old = (guestWord(0x7766_5544_3322_1100, 0xFFEE_DDCC_BBAA_9988, after));
        Assert.Equal(old, state.Registers[0]);
        Assert.Equal(0xFFEE_DDCC_BBAA_9988, BitConverter.ToUInt64(state.FxSave, 160 + 8));

        // The eight bytes two before, after the addition.
        static ulong guestWord(ulong low, ulong high, ulong middle)
        {
            byte[] bytes = [.. BitConverter.GetBytes(low), .. BitConverter.GetBytes(high)];
            BitConverter.GetBytes(middle).CopyTo(bytes, 5);
            return BitConverter.ToUInt64(bytes, 3);
        }
    }

    [Fact]
    public void Store_across_pages_that_faults_in_the_second_leaves_the_first_alone()
    {
        _guest.WriteWords(Page + 0xFF8, 0x1234);
        SetPage(NextPage, 0);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, Page + 0xFFC); c.mov(rax, -1L); c.mov(__qword_ptr[rbx], rax); });
        Assert.Equal((PageFault, 2u, NextPage), (trap.Vector, trap.ErrorCode!.Value, trap.Cr2));
        Assert.Equal(0x1234ul, _guest.Word(Page + 0xFF8));
    }

    [Fact]
    public void Instruction_across_pages_that_are_apart_in_memory_is_put_together()
    {
        SetPage(NextPage, SmallPages + 0x1_0000 | 7);
        // mov rax, imm64 with three bytes in the first page.
        _guest.Tiny.Memory.Write(Page + 0xFFD, [0x48, 0xB8, 0x11]);
        _guest.Tiny.Memory.Write(SmallPages + 0x1_0000, [0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xE6, 0xF4, 0xF4]);
        var state = _guest.RunToEnd(c => { c.mov(rbx, Page + 0xFFD); c.jmp(rbx); });
        Assert.Equal(0x8877_6655_4433_2211, state.Registers[0]);
        // Each part may change.
        _guest.Tiny.Memory.Write(SmallPages + 0x1_0000, [0xAA]);
        state = _guest.RunToEnd(c => { c.mov(rbx, Page + 0xFFD); c.jmp(rbx); });
        Assert.Equal(0x8877_6655_4433_AA11, state.Registers[0]);
        SetPage(NextPage, 0);
        var trap = _guest.RunToTrap(c => { c.mov(rbx, Page + 0xFFD); c.jmp(rbx); });
        Assert.Equal((PageFault, 0x10u, NextPage, Page + 0xFFD), (trap.Vector, trap.ErrorCode!.Value, trap.Cr2, trap.InstructionPointer));
    }

    [Fact]
    public void Non_canonical_addresses_are_protection_faults()
    {
        var trap = _guest.RunToTrap(c => { c.mov(rbx, 0x0000_8000_0000_0000ul); c.mov(al, __byte_ptr[rbx]); });
        Assert.Equal(((byte)13, 0u), (trap.Vector, trap.ErrorCode!.Value));
        trap = _guest.RunToTrap(c => { c.mov(rbp, 0x0000_8000_0000_0000ul); c.mov(al, __byte_ptr[rbp + 0]); });
        Assert.Equal(((byte)12, 0u), (trap.Vector, trap.ErrorCode!.Value));
        trap = _guest.RunToTrap(c => { c.mov(rbx, 0x0000_8000_0000_0000ul); c.jmp(rbx); });
        Assert.Equal((byte)13, trap.Vector);
    }

    [Fact]
    public void Thirty_two_bit_paging_with_small_and_4_MiB_pages()
    {
        const uint directory = 0x2_0000, table = 0x2_1000;
        void Write32(ulong at, uint value) => _guest.Tiny.Memory.Write(at, BitConverter.GetBytes(value));
        Write32(directory, 0x83);                           // 0–4 MiB
        Write32(directory + 4, table | 3);                  // 4–8 MiB by small pages
        Write32(directory + 8, 0x0080_0083);                // 8–12 MiB
        Write32(table + 4 * 7, 0x0030_0003);
        _guest.WriteWords(0x30_0000, 0x5A5A);
        _guest.WriteWords(0x80_0010, 0xA5A5);
        Enter32(directory, cr4: 0x610, efer: 0);
        _guest.Load(c =>
        {
            c.mov(eax, __dword_ptr[0x40_7000]);
            c.mov(ecx, __dword_ptr[0x80_0010]);
            c.mov(__dword_ptr[0x40_7008], ecx);
            c.@out(0xF4, al);
            c.hlt();
        }, bits: 32);
        Assert.Equal(ExitReason.Canceled, _guest.Tiny.Run().Reason);
        Assert.Equal((0x5A5Aul, 0xA5A5ul), (_guest.State.Registers[0], _guest.State.Registers[1]));
        Assert.Equal(0xA5A5ul, _guest.Word(0x30_0008));
        Assert.Equal(0x0030_0063ul, _guest.Word(table + 4 * 7) & uint.MaxValue);
        Assert.Equal(0x0080_00A3ul, _guest.Word(directory + 8) & uint.MaxValue);
    }

    [Fact]
    public void PAE_paging_reaches_small_and_2_MiB_pages_and_knows_no_execute()
    {
        const ulong pointers = 0x2_0000, directory = 0x2_1000, table = 0x2_2000;
        _guest.WriteWords(pointers, directory | 1, 0, 0, 0);
        _guest.WriteWords(directory, 0x83, table | 3, 0x80_0083);
        _guest.WriteWords(table + 8 * 7, 0x30_0003, 0x30_1003 | NoExecute);
        _guest.WriteWords(0x30_0000, 0x5A5A);
        _guest.WriteWords(0x80_0010, 0xA5A5);
        Enter32(pointers, cr4: 0x620, efer: 0x800);
        _guest.Load(c =>
        {
            c.mov(eax, __dword_ptr[0x20_7000]);
            c.mov(ecx, __dword_ptr[0x40_0010]);
            c.mov(edx, __dword_ptr[0x20_8000]);
            c.@out(0xF4, al);
            c.mov(ebx, 0x20_8000);
            c.jmp(ebx);
        }, bits: 32);
        Assert.Equal(ExitReason.Canceled, _guest.Tiny.Run().Reason);
        Assert.Equal((0x5A5Aul, 0xA5A5ul), (_guest.State.Registers[0], _guest.State.Registers[1]));
        var exit = _guest.Tiny.Run();                        // no handlers: the fault ends in a shutdown that names it
        Assert.Equal(ExitReason.Shutdown, exit.Reason);
        Assert.Contains("#14(11)", exit.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Bases_of_ES_CS_SS_and_DS_do_not_count_with_32_bit_addresses_either()
    {
        _guest.WriteWords(Page, 0x1111);
        _guest.WriteWords(Page + 0x1000, 0x2222);
        _guest.Change(state => state.Segments[0] = new SegmentState(KernelData, 0x1000, uint.MaxValue, 0xC093));
        var state = _guest.RunToEnd(c => { c.mov(ebx, (int)Page); c.mov(eax, __dword_ptr[ebx]); Exit(c); });
        Assert.Equal(0x1111ul, state.Registers[0]);
    }

    [Fact]
    public void Instruction_across_two_mappings_of_one_page_is_decoded_for_each_neighbour()
    {
        const ulong one = SmallPages + 0x8000, other = SmallPages + 0xB000;
        SetPage(one + 0x1000, one | 7);
        SetPage(other, one | 7);
        SetPage(other + 0x1000, SmallPages + 0x1_0000 | 7);
        _guest.Tiny.Memory.Write(one + 0xFFD, [0x48, 0xB8, 0x11]);
        _guest.Tiny.Memory.Write(one, [0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xE6, 0xF4, 0xF4]);
        _guest.Tiny.Memory.Write(SmallPages + 0x1_0000, [0x23, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xE6, 0xF4, 0xF4]);
        Assert.Equal(0x8877_6655_4433_2211, _guest.RunToEnd(c => { c.mov(rbx, one + 0xFFD); c.jmp(rbx); }).Registers[0]);
        Assert.Equal(0x8877_6655_4433_2311, _guest.RunToEnd(c => { c.mov(rbx, other + 0xFFD); c.jmp(rbx); }).Registers[0]);
    }

    [Fact]
    public void Walk_does_not_touch_an_entry_that_has_just_been_taken_away()
    {
        const ulong moved = SmallPages + 0x9000, absent = 0x5A00;
        _guest.Load(c => { c.add(rsp, 8); c.iretq(); }, at: Code + 0x300);
        _guest.SetGate(PageFault, Code + 0x300);
        _guest.Load(c =>
        {
            var again = c.CreateLabel();
            c.mov(rbx, moved);
            c.Label(ref again);
            c.invlpg(__byte_ptr[rbx]);
            c.mov(__byte_ptr[rbx], al);
            c.jmp(again);
        });
        _guest.Continue(Code);
        var thread = new Thread(() => _guest.Processor.Run());
        thread.Start();
        int broken = 0, walked = 0;
        Assert.True(_guest.Tiny.Memory.TryGetSpan(EntryOf(moved), 8, out var entry));
        ref ulong slot = ref System.Runtime.CompilerServices.Unsafe.As<byte, ulong>(ref entry[0]);
        // On a busy computer the two seldom run at once: it goes on until enough walks have come between.
        var clock = Stopwatch.StartNew();
        for (int i = 0; (i < Turns || walked < 200) && broken == 0 && clock.Elapsed < TimeSpan.FromMinutes(2); i++)
        {
            Volatile.Write(ref slot, moved | 7);
            Thread.SpinWait(i & 31);
            if (Interlocked.Exchange(ref slot, absent) != (moved | 7)) walked++;
            // Not present: the rest is the kernel's.
            Thread.SpinWait(20);
            if (Volatile.Read(ref slot) != absent) broken++;
        }
        _guest.Processor.Kick();
        thread.Join();
        Assert.Equal(0, broken);
        Assert.True(walked >= 200, $"walked {walked} times");
    }

    [Fact]
    public void Code_in_a_segment_that_begins_within_a_page_follows_its_mapping()
    {
        const uint directory = 0x2_0000, table = 0x2_1000, first = 0x30_0000, second = 0x30_1000, third = 0x30_2000;
        const uint end = 0x40_07FE, target = 0x40_0800, swap = 0x40_0600;       // offsets; the segment begins at 800h
        void Write32(ulong at, uint value) => _guest.Tiny.Memory.Write(at, BitConverter.GetBytes(value));
        Write32(directory, 0x83);
        Write32(directory + 4, table | 3);
        Write32(table, first | 3);
        Write32(table + 4, second | 3);
        _guest.Tiny.Load(32, c => { c.nop(); c.nop(); }, first + 0xFFE, end);       // runs into the next page
        _guest.Tiny.Load(32, c =>
        {
            c.mov(__dword_ptr[table + 4], (int)(third | 3));
            c.invlpg(__byte_ptr[0x40_1000]);
            c.jmp(end);
        }, first + 0xE00, swap);
        _guest.Tiny.Load(32, c => { c.mov(al, (byte)'1'); c.@out(0xE9, al); c.jmp(swap); }, second, target);
        _guest.Tiny.Load(32, c => { c.mov(al, (byte)'2'); c.@out(0xE9, al); c.@out(0xF4, al); c.hlt(); }, third, target);
        Enter32(directory, cr4: 0x610, efer: 0);
        _guest.Change(state =>
        {
            state.Segments[1] = new SegmentState(0x40, 0x800, uint.MaxValue, 0xC09B);
            state.InstructionPointer = end;
        });
        _guest.Tiny.Output.Clear();
        Assert.Equal(ExitReason.Canceled, _guest.Tiny.Run().Reason);
        Assert.Equal("12", System.Text.Encoding.ASCII.GetString([.. _guest.Tiny.Output]));
    }

    private void Enter32(ulong cr3, ulong cr4, ulong efer) => _guest.Change(state =>
    {
        state.Cr0 = 0x8001_0031;
        state.Cr3 = cr3;
        state.Cr4 = cr4;
        state.Efer = efer;
        state.InstructionPointer = Code;
        state.InterruptDescriptorTable = new TableState(0, 0);
        state.Segments[1] = new SegmentState(0x40, 0, uint.MaxValue, 0xC09B);
    });
}

using System.Runtime.InteropServices;
using VirtEngine.Memory;

namespace VirtEngine.Hypervisors.Software.Instructions;

/// <summary>
/// String instructions (Intel SDM vol. 1, 5.1.8), with repetition. The op's destination is the <see cref="StringOperation"/>, its source the
/// segment of RSI's side. A repeated instruction that is interrupted or faults has moved its registers and can be run again.
/// </summary>
internal static unsafe class Strings<TWidth> where TWidth : struct, IWidth
{
    internal static bool Execute(Cpu cpu, Op* op)
    {
        CpuState* s = cpu.State;
        ulong mask = (op->Address & AddressKind.Bits16) != 0 ? ushort.MaxValue : (op->Address & AddressKind.Bits32) != 0 ? uint.MaxValue : ulong.MaxValue;
        bool repeats = (op->Prefixes & (OpPrefixes.Rep | OpPrefixes.Repne)) != 0;
        if (!repeats) return TryStep(cpu, op, (StringOperation)op->Destination, mask);

        var operation = (StringOperation)op->Destination;
        // A repeated comparison that faults leaves the flags it began with (Intel SDM vol. 2, "REP").
        var (flagsResult, flagsCarry) = (s->FlagsResult, s->FlagsCarry);
        // Stepped through, every round is an instruction of its own.
        bool stepping = (s->Pending & (int)PendingWork.SingleStep) != 0;
        while ((s->Registers[1] & mask) != 0)
        {
            ulong done = stepping ? 0 : TryBulk(cpu, op, operation, mask);
            if (done == 0)
            {
                if (!TryStep(cpu, op, operation, mask))
                {
                    (s->FlagsResult, s->FlagsCarry) = (flagsResult, flagsCarry);
                    return false;
                }
                done = 1;
            }
            SetMasked(&s->Registers[1], s->Registers[1] - done, mask);
            if (operation is StringOperation.Compare or StringOperation.Scan
                && LazyFlags.GetZero(s) != ((op->Prefixes & OpPrefixes.Rep) != 0)) break;
            if (s->Pending != 0 && (s->Registers[1] & mask) != 0)
            {
                s->Rip = cpu.RipOf(op);
                return false;
            }
        }
        return true;
    }

    private static bool TryStep(Cpu cpu, Op* op, StringOperation operation, ulong mask)
    {
        CpuState* s = cpu.State;
        ulong value;
        ulong step = (s->OtherFlags & ControlBits.FlagDf) != 0 ? (ulong)-TWidth.Bytes : (ulong)TWidth.Bytes;
        ulong rsi = s->Registers[6] & mask, rdi = s->Registers[7] & mask;
        int segment = op->Source;
        switch (operation)
        {
            case StringOperation.Move:
                if (!cpu.TryLoad<TWidth>(cpu.SegmentAddress(segment, rsi, TWidth.Bytes, false), out value)
                    || !cpu.TryStore<TWidth>(cpu.SegmentAddress(SegmentRegister.Es, rdi, TWidth.Bytes, true), value)) return false;
                break;
            case StringOperation.Store:
                if (!cpu.TryStore<TWidth>(cpu.SegmentAddress(SegmentRegister.Es, rdi, TWidth.Bytes, true), TWidth.Load(s))) return false;
                break;
            case StringOperation.Load:
                if (!cpu.TryLoad<TWidth>(cpu.SegmentAddress(segment, rsi, TWidth.Bytes, false), out value)) return false;
                TWidth.StoreRegister(s, value);
                break;
            case StringOperation.Compare:
                if (!cpu.TryLoad<TWidth>(cpu.SegmentAddress(segment, rsi, TWidth.Bytes, false), out value)
                    || !cpu.TryLoad<TWidth>(cpu.SegmentAddress(SegmentRegister.Es, rdi, TWidth.Bytes, false), out ulong other)) return false;
                Compare.Execute<TWidth>(s, value, other);
                break;
            case StringOperation.Scan:
                if (!cpu.TryLoad<TWidth>(cpu.SegmentAddress(SegmentRegister.Es, rdi, TWidth.Bytes, false), out value)) return false;
                Compare.Execute<TWidth>(s, TWidth.Load(s), value);
                break;
            case StringOperation.Input:
            {
                ushort port = (ushort)s->Registers[2];
                ulong linear = cpu.SegmentAddress(SegmentRegister.Es, rdi, TWidth.Bytes, true);
                if (!cpu.TryCheckPort(port, TWidth.Bytes) || !cpu.TryProbeWrite(linear, TWidth.Bytes)) return false;
                if (!cpu.TryStore<TWidth>(linear, cpu.ReadPort(port, TWidth.Bytes))) return false;
                break;
            }
            case StringOperation.Output:
            {
                ushort port = (ushort)s->Registers[2];
                if (!cpu.TryCheckPort(port, TWidth.Bytes)
                    || !cpu.TryLoad<TWidth>(cpu.SegmentAddress(segment, rsi, TWidth.Bytes, false), out value)) return false;
                cpu.WritePort(port, TWidth.Bytes, (uint)value);
                break;
            }
        }
        if (operation is StringOperation.Move or StringOperation.Load or StringOperation.Compare or StringOperation.Output)
            SetMasked(&s->Registers[6], rsi + step, mask);
        if (operation is not (StringOperation.Load or StringOperation.Output)) SetMasked(&s->Registers[7], rdi + step, mask);
        return true;
    }

    /// <summary>Moves or fills as many operands as lie in one page of RAM on both sides, in one go.</summary>
    /// <returns>How many; 0 where it must go step by step.</returns>
    private static ulong TryBulk(Cpu cpu, Op* op, StringOperation operation, ulong mask)
    {
        CpuState* s = cpu.State;
        if (operation is not (StringOperation.Move or StringOperation.Store) || mask != ulong.MaxValue || (s->OtherFlags & ControlBits.FlagDf) != 0) return 0;
        ulong destination = s->Registers[7];
        ulong count = Math.Min(s->Registers[1], RoomInPage(destination));
        ulong source = 0;
        if (operation == StringOperation.Move)
        {
            source = cpu.SegmentAddress(op->Source, s->Registers[6], 1, false);
            count = Math.Min(count, RoomInPage(source));
        }
        if (count < 2) return 0;
        ulong bytes = count * (ulong)TWidth.Bytes;
        byte* to = cpu.TryPointer(destination, (int)bytes, write: true);
        if (to == null) { cpu.ClearFault(); return 0; }
        if (operation == StringOperation.Move)
        {
            byte* from = cpu.TryPointer(source, (int)bytes, write: false);
            if (from == null) { cpu.ClearFault(); return 0; }
            // A destination that begins inside the source is filled with a repeating pattern: only step by step.
            if (to > from && to < from + bytes) return 0;
            NativeMemory.Copy(from, to, (nuint)bytes);
            s->Registers[6] += bytes;
        }
        else
        {
            ulong value = TWidth.Load(s);
            if (value == 0) NativeMemory.Clear(to, (nuint)bytes);
            else if (TWidth.Bytes == 1) NativeMemory.Fill(to, (nuint)bytes, (byte)value);
            else if (TWidth.Bytes == 2) new Span<ushort>(to, (int)count).Fill((ushort)value);
            else if (TWidth.Bytes == 4) new Span<uint>(to, (int)count).Fill((uint)value);
            else new Span<ulong>(to, (int)count).Fill(value);
        }
        s->Registers[7] += bytes;
        return count;
    }

    private static ulong RoomInPage(ulong address) => (GuestMemory.PageSize - (address & (GuestMemory.PageSize - 1))) / (ulong)TWidth.Bytes;

    private static void SetMasked(ulong* register, ulong value, ulong mask) =>
        *register = mask == ushort.MaxValue ? (*register & ~mask) | (value & mask) : value & mask;
}

using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;

namespace VirtEngine.Tests.Whp;

/// <summary>A platform of one processor whose runs end as a test says, and which keeps what is written to it.</summary>
internal sealed unsafe class ScriptedWinHvPartition : IWinHvPartition
{
    private int _inside;

    /// <summary>What each run ends with.</summary>
    internal ScriptedRun Script { get; set; } = static _ => { };

    /// <summary>Calls by name, but for those of registers and runs.</summary>
    internal List<string> Calls { get; } = [];

    internal Dictionary<WHV_REGISTER_NAME, WHV_REGISTER_VALUE> Registers { get; } = [];

    internal HashSet<WHV_REGISTER_NAME> Unknown { get; } = [];

    internal Dictionary<uint, (uint Eax, uint Ebx)> CpuidResults { get; } = [];

    internal byte[] Xsave { get; set; } = new byte[576];

    internal byte[] InterruptController { get; } = new byte[4096];

    internal List<WHV_INTERRUPT_CONTROL> Interrupts { get; } = [];

    internal Dictionary<ulong, ulong[]> Dirty { get; } = [];

    internal int Runs { get; private set; }

    /// <summary>Cancels that came while the processor was in its guest, and others.</summary>
    internal (int Inside, int Outside) Cancels { get; private set; }

    public void SetProperty(WHV_PARTITION_PROPERTY_CODE code, void* value, int size)
    {
        Calls.Add($"{code} {size}");
        if (code == WHV_PARTITION_PROPERTY_CODE.WHvPartitionPropertyCodeCpuidResultList)
            foreach (var one in new ReadOnlySpan<WHV_X64_CPUID_RESULT>(value, size / sizeof(WHV_X64_CPUID_RESULT))) CpuidResults.Add(one.Function, (one.Eax, one.Ebx));
    }

    public void Setup() => Calls.Add("setup");

    public void MapMemory(byte* source, ulong address, ulong size, WHV_MAP_GPA_RANGE_FLAGS flags) => Calls.Add($"map {address:x} {size:x} {(uint)flags}");

    public void UnmapMemory(ulong address, ulong size) => Calls.Add($"unmap {address:x} {size:x}");

    public void QueryDirtyBitmap(ulong address, ulong size, Span<ulong> bitmap)
    {
        bitmap.Clear();
        if (Dirty.Remove(address, out ulong[]? words)) words.CopyTo(bitmap);
    }

    public void SuspendTime() => Calls.Add("suspend");

    public void ResumeTime() => Calls.Add("resume");

    public bool TryRequestInterrupt(in WHV_INTERRUPT_CONTROL interrupt)
    {
        Interrupts.Add(interrupt);
        return true;
    }

    public void CreateProcessor(int index) => Calls.Add($"create {index}");

    public void DeleteProcessor(int index) => Calls.Add($"delete {index}");

    public void Run(int index, WHV_RUN_VP_EXIT_CONTEXT* exit)
    {
        Runs++;
        *exit = default;
        Volatile.Write(ref _inside, 1);
        Script(exit);
        Volatile.Write(ref _inside, 0);
    }

    public void CancelRun(int index) =>
        Cancels = Volatile.Read(ref _inside) != 0 ? (Cancels.Inside + 1, Cancels.Outside) : (Cancels.Inside, Cancels.Outside + 1);

    public bool TryGetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (Unknown.Contains(names[i])) return false;
            values[i] = Registers.GetValueOrDefault(names[i]);
        }
        return true;
    }

    public bool TrySetRegisters(int index, ReadOnlySpan<WHV_REGISTER_NAME> names, WHV_REGISTER_VALUE* values)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (Unknown.Contains(names[i])) return false;
            Registers[names[i]] = values[i];
        }
        return true;
    }

    public void GetInterruptController(int index, Span<byte> page) => InterruptController.CopyTo(page);

    public void SetInterruptController(int index, ReadOnlySpan<byte> page) => page.CopyTo(InterruptController);

    public int GetXsave(int index, Span<byte> area)
    {
        Xsave.CopyTo(area);
        return Xsave.Length;
    }

    public void SetXsave(int index, ReadOnlySpan<byte> area) => Xsave = area.ToArray();

    public void Dispose() => Calls.Add("dispose");
}

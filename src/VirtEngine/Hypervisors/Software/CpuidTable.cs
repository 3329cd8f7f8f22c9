namespace VirtEngine.Hypervisors.Software;

/// <summary>The profile's CPUID leaves with what depends on the processor filled in.</summary>
internal sealed class CpuidTable
{
    private const uint Features = 1, ExtendedTopology = 0xB;
    private const uint FeatureOsxsave = 1u << 27;

    private readonly Dictionary<(uint Leaf, uint Subleaf), CpuidLeaf> _leaves = [];
    private readonly HashSet<uint> _withSubleaves = [];
    private readonly uint _lastBasic, _lastExtended;

    internal CpuidTable(CpuProfile profile)
    {
        foreach (var leaf in profile.Cpuid)
        {
            _leaves[(leaf.Leaf, leaf.Subleaf)] = leaf;
            if (leaf.Subleaf != 0) _withSubleaves.Add(leaf.Leaf);
            if (leaf.Leaf < 0x4000_0000) _lastBasic = Math.Max(_lastBasic, leaf.Leaf);
            else if (leaf.Leaf >= 0x8000_0000) _lastExtended = Math.Max(_lastExtended, leaf.Leaf);
        }
    }

    /// <summary>CPUID as <paramref name="cpu"/> answers it.</summary>
    internal CpuidLeaf Get(Cpu cpu, uint leaf, uint subleaf)
    {
        // Beyond the last leaf the last basic one is answered (Intel SDM vol. 2, CPUID).
        if (leaf is > 0 and < 0x4000_0000 && leaf > _lastBasic || leaf >= 0x8000_0000 && leaf > _lastExtended) leaf = _lastBasic;
        if (leaf == ExtendedTopology) return Topology(cpu, subleaf);
        if (!_leaves.TryGetValue((leaf, _withSubleaves.Contains(leaf) ? subleaf : 0), out var answer)) return new CpuidLeaf(leaf, subleaf, 0, 0, 0, 0);
        if (leaf == Features)
        {
            int count = cpu.Services.ProcessorCount;
            uint ebx = (answer.Ebx & 0x0000_FFFF) | (uint)RoundUpToPowerOfTwo(count) << 16 | (uint)cpu.Index << 24;
            uint edx = count > 1 ? answer.Edx | 1u << 28 : answer.Edx;
            if (cpu.Services.ApicPage == ulong.MaxValue) edx &= ~(1u << 9);
            answer = answer with { Ebx = ebx, Ecx = answer.Ecx & ~FeatureOsxsave, Edx = edx };
        }
        return answer;
    }

    // One package of single-threaded cores.
    private static CpuidLeaf Topology(Cpu cpu, uint subleaf)
    {
        int count = cpu.Services.ProcessorCount;
        uint bits = (uint)System.Numerics.BitOperations.Log2((uint)RoundUpToPowerOfTwo(count));
        return subleaf switch
        {
            0 => new CpuidLeaf(ExtendedTopology, 0, 0, 1, 1 << 8, (uint)cpu.Index),
            1 => new CpuidLeaf(ExtendedTopology, 1, bits, (uint)count, 2 << 8 | 1, (uint)cpu.Index),
            _ => new CpuidLeaf(ExtendedTopology, subleaf, 0, 0, subleaf & 0xFF, (uint)cpu.Index),
        };
    }

    private static int RoundUpToPowerOfTwo(int value) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)value);
}

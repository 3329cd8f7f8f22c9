namespace VirtEngine.Hypervisors.Software;

/// <summary>CPUID as one processor answers it: its leaves, and what changes while it runs.</summary>
internal sealed class CpuidTable
{
    private const uint FeatureApic = 1u << 9, FeatureOsxsave = 1u << 27;

    private readonly Dictionary<(uint Leaf, uint Subleaf), CpuidLeaf> _leaves = [];
    private readonly HashSet<uint> _withSubleaves = [];
    private readonly uint _lastBasic, _lastExtended;

    internal CpuidTable(IEnumerable<CpuidLeaf> leaves)
    {
        foreach (var leaf in leaves)
        {
            _leaves[(leaf.Leaf, leaf.Subleaf)] = leaf;
            if (leaf.Subleaf != 0) _withSubleaves.Add(leaf.Leaf);
            if (leaf.Leaf < 0x4000_0000) _lastBasic = Math.Max(_lastBasic, leaf.Leaf);
            else if (leaf.Leaf >= 0x8000_0000) _lastExtended = Math.Max(_lastExtended, leaf.Leaf);
        }
    }

    /// <summary>The answer now.</summary>
    /// <param name="leaf">EAX.</param>
    /// <param name="subleaf">ECX.</param>
    /// <param name="apicEnabled">Whether IA32_APIC_BASE has the local APIC on.</param>
    internal CpuidLeaf Get(uint leaf, uint subleaf, bool apicEnabled)
    {
        // Beyond the last leaf the last basic one is answered (Intel SDM vol. 2, CPUID).
        if (leaf is > 0 and < 0x4000_0000 && leaf > _lastBasic || leaf >= 0x8000_0000 && leaf > _lastExtended) leaf = _lastBasic;
        if (!_leaves.TryGetValue((leaf, _withSubleaves.Contains(leaf) ? subleaf : 0), out var answer))
        {
            // Of a level that does not exist, the extended topology gives the level's number and the APIC ID.
            return leaf == ProcessorCpuid.ExtendedTopology && _leaves.TryGetValue((leaf, 0), out var first)
                ? new(leaf, subleaf, 0, 0, subleaf & 0xFF, first.Edx)
                : new(leaf, subleaf, 0, 0, 0, 0);
        }
        if (leaf == ProcessorCpuid.Features)
            answer = answer with { Ecx = answer.Ecx & ~FeatureOsxsave, Edx = apicEnabled ? answer.Edx : answer.Edx & ~FeatureApic };
        return answer;
    }
}

using System.Numerics;

namespace VirtEngine.Hypervisors;

/// <summary>A profile's CPUID leaves as one processor of a machine has them: its APIC ID and the machine's topology filled in.</summary>
internal static class ProcessorCpuid
{
    /// <summary>Features and the initial APIC ID (Intel SDM vol. 2, CPUID leaf 01H).</summary>
    internal const uint Features = 1;

    /// <summary>Extended topology (leaf 0BH).</summary>
    internal const uint ExtendedTopology = 0xB;

    /// <summary>The leaves of processor <paramref name="index"/> of <paramref name="count"/>: one package of single-threaded cores.</summary>
    internal static IEnumerable<CpuidLeaf> Of(CpuProfile profile, int index, int count)
    {
        uint width = BitOperations.RoundUpToPowerOf2((uint)count), bits = (uint)BitOperations.Log2(width);
        foreach (var leaf in profile.Cpuid)
        {
            switch (leaf.Leaf)
            {
                case Features:
                    yield return leaf with
                    {
                        Ebx = (leaf.Ebx & 0x0000_FFFF) | width << 16 | (uint)index << 24, Edx = count > 1 ? leaf.Edx | 1u << 28 : leaf.Edx,
                    };
                    break;
                case ExtendedTopology:
                    yield return new(ExtendedTopology, 0, 0, 1, 1 << 8, (uint)index);
                    yield return new(ExtendedTopology, 1, bits, (uint)count, 2 << 8 | 1, (uint)index);
                    break;
                default:
                    yield return leaf;
                    break;
            }
        }
    }
}

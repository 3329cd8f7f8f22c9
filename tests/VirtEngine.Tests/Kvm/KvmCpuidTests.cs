using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;
using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Tests.Kvm;

/// <summary>What of a profile a host can show.</summary>
public sealed class KvmCpuidTests
{
    // A host that has all that the portable profile promises, and nothing about speculation.
    private static KvmCpuidEntry[] Whole => [.. PortableProfile.Instance.Cpuid.Select(leaf => new KvmCpuidEntry
    {
        Function = leaf.Leaf, Index = leaf.Subleaf, Eax = leaf.Eax, Ebx = leaf.Ebx, Ecx = leaf.Ecx, Edx = leaf.Leaf == 7 ? 0 : leaf.Edx,
    })];

    private static CpuidLeaf Leaf(CpuProfile profile, uint leaf) => profile.Cpuid.Single(one => one.Leaf == leaf);

    [Fact]
    public void Host_that_has_everything_keeps_the_profile_but_for_what_its_processor_does_in_speculation()
    {
        var resolved = KvmCpuid.Resolve(PortableProfile.Instance, Whole, ulong.MaxValue, null, takesWhatIsOffered: false);

        Assert.Equal(0u, Leaf(resolved, 7).Edx);
        Assert.Equal(PortableProfile.Instance.Cpuid.Where(leaf => leaf.Leaf != 7), resolved.Cpuid.Where(leaf => leaf.Leaf != 7));
        Assert.Equal((PortableProfile.Instance.TscHz, "portable"), (resolved.TscHz, resolved.Name));
    }

    [Fact]
    public void Counter_that_cannot_be_scaled_has_the_hosts_rate_and_the_guest_is_told_it()
    {
        var resolved = KvmCpuid.Resolve(PortableProfile.Instance, Whole, ulong.MaxValue, 2_400_000_000, takesWhatIsOffered: false);

        Assert.Equal(2_400_000_000, resolved.TscHz);
        Assert.Equal((5u, 12u, 1_000_000_000u), (Leaf(resolved, 0x15).Eax, Leaf(resolved, 0x15).Ebx, Leaf(resolved, 0x15).Ecx));
        Assert.Equal(2400u, Leaf(resolved, 0x16).Eax);
    }

    [Fact]
    public void Missing_feature_is_named_or_left_out()
    {
        var host = Whole;
        for (int i = 0; i < host.Length; i++)
            if (host[i].Function == 1) host[i].Ecx &= ~(1u << 20 | 1u << 23);

        var failure = Assert.Throws<KvmException>(() => KvmCpuid.Resolve(PortableProfile.Instance, host, ulong.MaxValue, null, takesWhatIsOffered: false));
        Assert.Contains("'portable' promises: CPUID 00000001H, ECX bit 20, 23", failure.Message, StringComparison.Ordinal);

        var resolved = KvmCpuid.Resolve(PortableProfile.Instance, host, ulong.MaxValue, null, takesWhatIsOffered: true);
        Assert.Equal(Leaf(PortableProfile.Instance, 1).Ecx & ~(1u << 20 | 1u << 23), Leaf(resolved, 1).Ecx);
    }

    [Fact]
    public void Faults_of_speculation_that_the_hosts_processor_has_are_not_denied()
    {
        const ulong immuneToMeltdown = 1;
        var resolved = KvmCpuid.Resolve(PortableProfile.Instance, Whole, immuneToMeltdown, null, takesWhatIsOffered: false);
        Assert.Equal(immuneToMeltdown, resolved.ConstantMsrs[KvmCpuid.ArchCapabilities]);
    }

    [Fact]
    public void Promise_of_speed_alone_is_kept_by_every_host()
    {
        var host = Whole;
        for (int i = 0; i < host.Length; i++)
            if (host[i].Function == 7) host[i].Ebx &= ~(1u << 9);
        Assert.Equal(Leaf(PortableProfile.Instance, 7).Ebx, Leaf(KvmCpuid.Resolve(PortableProfile.Instance, host, 0, null, takesWhatIsOffered: false), 7).Ebx);
    }
}

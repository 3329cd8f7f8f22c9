using System.Buffers.Binary;
using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Whp;
using VirtEngine.Hypervisors.Whp.Interop;
using VirtEngine.Memory;
using VirtEngine.Tests.Emulation;
using VirtTools.Tests;

namespace VirtEngine.Tests.Whp;

/// <summary>What of a host's platform guests see, and hosts that lack something.</summary>
public sealed class WhpProfileTests
{
    private static CpuidLeaf Leaf(CpuProfile profile, uint leaf) => profile.Cpuid.Single(one => one.Leaf == leaf);

    [Fact]
    public void Clocks_are_the_platforms_and_the_crystal_is_the_APIC_timers()
    {
        var profile = WhpCpuid.Resolve(PortableProfile.Instance, FakeWinHvPartition.Host with { TscHz = 2_894_400_000, ApicTimerHz = 200_000_000 });
        Assert.Equal((2_894_400_000, 200_000_000), (profile.TscHz, profile.ApicTimerHz));
        var crystal = Leaf(profile, 0x15);
        Assert.Equal((200_000_000u, 2_894_400_000ul), (crystal.Ecx, (ulong)crystal.Ecx * crystal.Ebx / crystal.Eax));
        Assert.Equal(2894u, Leaf(profile, 0x16).Eax);
    }

    [Fact]
    public void Nobody_vouches_for_a_processor_that_does_not_speculate()
    {
        var profile = WhpCpuid.Resolve(PortableProfile.Instance, FakeWinHvPartition.Host);
        Assert.DoesNotContain(0x10Au, profile.ConstantMsrs.Keys);
        Assert.Equal(0u, Leaf(profile, 7).Edx & (1u << 28 | 1u << 29));
        Assert.Equal(1u << 26, Leaf(profile, 7).Edx & 1u << 26);
    }

    [Fact]
    public void Host_without_what_the_profile_promises_is_refused_with_the_bits()
    {
        var host = FakeWinHvPartition.Host with { Bank0 = ~(WHV_PROCESSOR_FEATURES.Cmpxchg16bSupport | WHV_PROCESSOR_FEATURES.SmepSupport) };
        var error = Assert.Throws<WhpException>(() => WhpCpuid.Resolve(PortableProfile.Instance, host));
        Assert.Contains("00000001H ECX bit 13, 00000007H EBX bit 7", error.Message, StringComparison.Ordinal);
        Assert.False(WhpHypervisor.Judge(host, null).Usable);
    }

    [Fact]
    public void Older_platforms_lack_a_deadline_and_guests_are_told()
    {
        var profile = WhpCpuid.Resolve(PortableProfile.Instance, FakeWinHvPartition.Host with { Bank1 = 0 });
        Assert.Equal((0u, 0u), (Leaf(profile, 1).Ecx & 1u << 24, Leaf(profile, 7).Ebx & 2));
    }

    [Fact]
    public void Probe_says_what_is_missing()
    {
        var host = FakeWinHvPartition.Host;
        Assert.Contains("not installed", WhpHypervisor.Judge(null, "It is not installed.").Reason, StringComparison.Ordinal);
        Assert.Contains("firmware", WhpHypervisor.Judge(host with { HypervisorPresent = false }, null).Reason, StringComparison.Ordinal);
        Assert.Contains("LocalApicEmulation", WhpHypervisor.Judge(host with { Features = WHV_CAPABILITY_FEATURES.Xsave }, null).Reason, StringComparison.Ordinal);
        Assert.Contains("X64MsrExit", WhpHypervisor.Judge(host with { Exits = WHV_EXTENDED_VM_EXITS.X64CpuidExit }, null).Reason, StringComparison.Ordinal);
        var usable = WhpHypervisor.Judge(host, null);
        Assert.True(usable.Usable);
        Assert.Contains("Not yet run on Windows", usable.Reason, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void On_another_system_it_is_said_where_it_belongs()
    {
        var capabilities = new WhpHypervisor().Probe();
        Assert.False(capabilities.Usable);
        Assert.Contains("a part of Windows", capabilities.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parts_of_an_XSAVE_area_that_are_initial_are_not_in_it(bool compacted)
    {
        byte[] area = new byte[WhpExtendedState.MinimumSize];
        area.AsSpan(0, 512).Fill(0xEE);
        BinaryPrimitives.WriteUInt32LittleEndian(area.AsSpan(24), 0x1FA0);
        BinaryPrimitives.WriteUInt64LittleEndian(area.AsSpan(520), compacted ? 1ul << 63 : 0);
        byte[] image = new byte[512];
        WhpExtendedState.Load(area, image);
        Assert.Equal((0x37F, 0), (BitConverter.ToUInt16(image), BitConverter.ToUInt16(image, 2)));
        Assert.Equal(compacted ? 0x1F80u : 0x1FA0u, BitConverter.ToUInt32(image, 24));
        Assert.All(image[32..], one => Assert.Equal(0, one));

        new Random(3).NextBytes(image.AsSpan(160, 256));
        WhpExtendedState.Store(image, area);
        Assert.Equal(compacted ? (3ul, 1ul << 63 | 3) : (3ul, 0ul), (BitConverter.ToUInt64(area, 512), BitConverter.ToUInt64(area, 520)));
        byte[] again = new byte[512];
        WhpExtendedState.Load(area, again);
        Assert.Equal(Convert.ToHexString(image), Convert.ToHexString(again));
    }

    [Fact]
    public void Dirty_pages_of_all_ranges_come_together_with_those_of_devices()
    {
        using var memory = new GuestMemory(GuestMemory.HoleStart + (1 << 20));
        using var clock = new VirtEngine.Time.MachineClock();
        var native = new ScriptedWinHvPartition();
        using var partition = new WhpPartition(
            new() { Memory = memory, Bus = new SilentBus(), Clock = clock, ProcessorCount = 1, Profile = PortableProfile.Instance }, FakeWinHvPartition.Host, native);
        partition.StartDirtyTracking();
        Assert.Equal(["unmap 0 c0000000", "unmap 100000000 100000", "map 0 c0000000 15", "map 100000000 100000 15"], native.Calls[^4..]);
        native.Dirty[0] = [1ul << 5];
        native.Dirty[GuestMemory.HoleEnd] = [1ul << 7, 1ul << 63];
        memory.Write(0x9000, [1]);
        var bitmap = new ulong[memory.Size / GuestMemory.PageSize / 64];
        partition.CollectDirty(bitmap);
        int second = (int)(GuestMemory.HoleStart / GuestMemory.PageSize / 64);
        Assert.Equal((1ul << 5 | 1ul << 9, 1ul << 7, 1ul << 63), (bitmap[0], bitmap[second], bitmap[second + 1]));
        partition.CollectDirty(bitmap);
        Assert.All(bitmap, word => Assert.Equal(0ul, word));
        partition.StopDirtyTracking();
        Assert.Equal("map 100000000 100000 7", native.Calls[^1]);
    }
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using VirtEngine.Hypervisors.Kvm.Interop;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// What KVM itself counts of a processor (Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD), read when somebody asks. Where a processor takes interrupts
/// without KVM (APICv, AVIC), KVM does not count those.
/// </summary>
internal sealed unsafe class KvmStatistics : IDisposable
{
    private const int LongestName = 256, MostDescriptors = 4096;

    private readonly SafeFileHandle _file;
    private long? _interrupts, _halts;  // places in the file, or −1

    private KvmStatistics(SafeFileHandle file) => _file = file;

    /// <summary>Opens a processor's. It does not run: KVM would wait until it leaves the guest.</summary>
    /// <param name="system">The host's KVM.</param>
    /// <param name="processor">The processor.</param>
    /// <returns>Null where KVM has none (before Linux 5.14).</returns>
    internal static KvmStatistics? TryOpen(KvmHandle system, KvmHandle processor) =>
        system.Check(KvmCapability.KVM_CAP_BINARY_STATS_FD) > 0
            ? new(new SafeFileHandle(processor.Call(KvmRequest.KVM_GET_STATS_FD), ownsHandle: true)) : null;

    /// <summary>Interrupts that KVM has delivered. One thread at a time, as for <see cref="Halts"/>.</summary>
    internal long Interrupts => Read(_interrupts ??= Find("irq_injections"u8));

    /// <summary>HLT instructions.</summary>
    internal long Halts => Read(_halts ??= Find("halt_exits"u8));

    // −1 where this KVM does not count it.
    private long Find(ReadOnlySpan<byte> name)
    {
        var header = Read<KvmStatsHeader>(0);
        if (header.NameSize is 0 or > LongestName || header.DescriptorCount > MostDescriptors)
            throw new KvmException($"KVM's statistics have {header.DescriptorCount} descriptors with names of {header.NameSize} bytes.");
        Span<byte> text = stackalloc byte[(int)header.NameSize];
        for (long at = header.DescriptorOffset, left = header.DescriptorCount; left > 0; left--, at += sizeof(KvmStatsDescriptor) + header.NameSize)
        {
            Read(at + sizeof(KvmStatsDescriptor), text);
            if (!name.SequenceEqual(text[..Math.Max(text.IndexOf((byte)0), 0)])) continue;
            var descriptor = Read<KvmStatsDescriptor>(at);
            return descriptor.Size == 1 ? (long)header.DataOffset + descriptor.Offset : -1;
        }
        return -1;
    }

    private long Read(long at) => at < 0 ? 0 : Read<long>(at);

    private T Read<T>(long at) where T : unmanaged
    {
        T value = default;
        Read(at, MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    private void Read(long at, Span<byte> bytes)
    {
        if (RandomAccess.Read(_file, bytes, at) != bytes.Length) throw new KvmException($"KVM's statistics end before byte {at + bytes.Length}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>What a probe of KVM found, kept until the host's next boot.</summary>
/// <param name="FormatVersion">Version of this record.</param>
/// <param name="BootId">The boot that it holds for (Linux, <c>/proc/sys/kernel/random/boot_id</c>).</param>
/// <param name="Usable">Whether it can run an operating system.</param>
/// <param name="Reason">Why, in one sentence.</param>
internal sealed record KvmVerdict(int FormatVersion, string BootId, bool Usable, string Reason);

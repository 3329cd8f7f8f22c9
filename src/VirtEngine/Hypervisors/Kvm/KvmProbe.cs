using System.Diagnostics;
using VirtEngine.Store;
using VirtFoundation;
using VirtFoundation.Store;

namespace VirtEngine.Hypervisors.Kvm;

/// <summary>
/// Whether the host's KVM can run an operating system: not every one that opens can. Some hosts have no VT-x or AMD-V underneath and emulate
/// kernel mode an instruction at a time, and not all instructions. A small guest tries; what it finds holds until the next boot.
/// </summary>
internal sealed class KvmProbe
{
    /// <summary>Slower than this no processor's own kernel mode is, loaded as the host may be. The software CPU does 400.</summary>
    internal const double SlowestMillionInstructions = 50;

    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";
    private static readonly StateFile<KvmVerdict> VerdictFile = new(static () => StateJson.Default.KvmVerdict);

    private readonly Lock _gate = new();
    private readonly Func<string> _path;
    private KvmVerdict? _verdict;

    /// <summary>A probe that keeps its verdict in a file.</summary>
    /// <param name="path">Tells the file.</param>
    internal KvmProbe(Func<string> path) => _path = path;

    /// <summary>The one of this process, whose verdict is in the user's root.</summary>
    internal static KvmProbe Shared { get; } = new(static () => Path.Combine(VirtRoot.Find().Directory, "kvm.json"));

    /// <summary>The verdict, by trial where there is none of this boot.</summary>
    /// <param name="maximumProcessors">Processors that one machine may have.</param>
    /// <exception cref="KvmException">The host's KVM lacks what this backend needs.</exception>
    internal HypervisorCapabilities Run(int maximumProcessors)
    {
        lock (_gate)
        {
            var boot = File.ReadAllText(BootIdPath).Trim();
            if (_verdict?.BootId != boot) _verdict = TryRead(boot) ?? Try(boot);
            return new(_verdict.Usable, _verdict.Reason, maximumProcessors, Accelerated: true);
        }
    }

    private KvmVerdict? TryRead(string boot)
    {
        try
        {
            return VerdictFile.TryRead(_path()) is { } verdict && verdict.BootId == boot ? verdict : null;
        }
        catch (VirtException)
        {
            return null; // Damaged, newer or somebody else's: it is found out again.
        }
    }

    private KvmVerdict Try(string boot)
    {
        var (usable, reason) = Judge();
        var verdict = new KvmVerdict(VerdictFile.Version, boot, usable, reason);
        try
        {
            // Only where there is a root already: looking at a host makes none.
            if (Directory.Exists(Path.GetDirectoryName(_path()))) VerdictFile.Write(_path(), verdict);
        }
        catch (VirtException)
        {
            // What cannot be kept costs the next process a trial.
        }
        return verdict;
    }

    private static (bool Usable, string Reason) Judge()
    {
        // First what it can do with what it offers, as that says more than what it does not offer; and by itself, for a machine whose kernel
        // needs help at every other instruction is far too slow.
        using var guest = new KvmProbeGuest(new KvmHypervisor { TakesWhatIsOffered = true, CompletesInstructions = false });
        foreach (var (name, code) in KvmProbeGuest.Instructions)
        {
            if (guest.Run(code) is { } fault)
                return (false, $"The host's KVM cannot run a kernel: at {name} in kernel mode {fault}. It has no VT-x or AMD-V underneath.");
        }
        var begin = Stopwatch.GetTimestamp();
        if (guest.Run(KvmProbeGuest.Loop) is { } failure)
            return (false, $"The host's KVM cannot run a kernel: in a loop of {KvmProbeGuest.LoopInstructions / 1_000_000} million instructions {failure}.");
        double rate = KvmProbeGuest.LoopInstructions / 1e6 / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        if (rate < SlowestMillionInstructions)
            return (false, $"The host's KVM runs kernel mode at {rate:0.0} million instructions a second: it has no VT-x or AMD-V underneath.");
        try
        {
            using var whole = new KvmProbeGuest(new KvmHypervisor());
            return (true, "The processor's own virtualization, by the host's KVM.");
        }
        catch (KvmException e)
        {
            return (false, e.Message);
        }
    }
}

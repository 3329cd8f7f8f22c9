using VirtEngine.Hypervisors;
using VirtEngine.Hypervisors.Kvm;
using VirtEngine.Hypervisors.Software;
using VirtEngine.Hypervisors.Whp;

namespace VirtEngine.Machines;

/// <summary>Hypervisors to choose from, best first.</summary>
public sealed class HypervisorCatalog
{
    private readonly IHypervisor[] _hypervisors;

    /// <summary>Makes a catalog.</summary>
    /// <param name="hypervisors">Best first.</param>
    public HypervisorCatalog(params IEnumerable<IHypervisor> hypervisors) => _hypervisors = [.. hypervisors];

    /// <summary>Those of this build. WHP comes behind the software CPU, for who names it, until somebody has run it on Windows.</summary>
    public static HypervisorCatalog Default { get; } = new(new KvmHypervisor(), new SoftwareHypervisor(), new WhpHypervisor());

    /// <summary>Every hypervisor with what its probe finds here.</summary>
    public IEnumerable<(IHypervisor Hypervisor, HypervisorCapabilities Capabilities)> Probe() =>
        _hypervisors.Select(hypervisor => (hypervisor, hypervisor.Probe()));

    /// <summary>Chooses the named hypervisor, or the first that can run a machine of this size here.</summary>
    /// <param name="name">The name that specs use, or null.</param>
    /// <param name="processors">Virtual processors that it must offer.</param>
    /// <exception cref="NotSupportedException">There is none; the message says why of each.</exception>
    public IHypervisor Choose(string? name, int processors)
    {
        var reasons = new List<string>();
        foreach (var hypervisor in _hypervisors)
        {
            if (name is not null && !hypervisor.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            var capabilities = hypervisor.Probe();
            if (!capabilities.Usable) reasons.Add($"{hypervisor.Name}: {capabilities.Reason}");
            else if (capabilities.MaximumProcessors < processors)
                reasons.Add($"{hypervisor.Name}: it runs up to {capabilities.MaximumProcessors} processors, not {processors}");
            else return hypervisor;
        }
        if (reasons.Count == 0)
            reasons.Add($"there is no hypervisor '{name}'; known are {string.Join(", ", _hypervisors.Select(h => h.Name))}");
        throw new NotSupportedException($"No hypervisor can run this machine here: {string.Join("; ", reasons)}.");
    }
}

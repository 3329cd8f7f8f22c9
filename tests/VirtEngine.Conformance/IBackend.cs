using VirtEngine.Hypervisors;

namespace VirtEngine.Conformance;

/// <summary>A backend that the suite is run against. Whoever runs it closes its classes over one.</summary>
public interface IBackend
{
    /// <summary>The backend.</summary>
    static abstract IHypervisor Hypervisor { get; }

    /// <summary>Whether it rings doorbells itself.</summary>
    static virtual bool RingsDoorbells => false;
}

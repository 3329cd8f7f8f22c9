using VirtEngine;
using VirtEngine.Machines;
using VirtEngine.Store;

namespace VirtWorker;

/// <summary>Builds machines with the engine: finds what they boot and chooses their hypervisor.</summary>
internal sealed class EngineMachineFactory : IMachineFactory
{
    public IMachine Create(MachineRecord record, VirtRoot root) =>
        throw new VirtException(VirtErrorCode.HypervisorUnavailable, "This build has no hypervisor.");
}

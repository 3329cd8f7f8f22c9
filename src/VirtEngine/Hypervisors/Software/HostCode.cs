using VirtEngine.Hypervisors.Software.Emit;

namespace VirtEngine.Hypervisors.Software;

/// <summary>Where the few functions of <see cref="HostInstructions"/> lie.</summary>
internal static class HostCode
{
    internal static readonly ExecutableMemory Memory = new(4096);
}

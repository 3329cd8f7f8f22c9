namespace VirtEngine.Hosts;

/// <summary>A hypervisor on a host.</summary>
/// <param name="Name">The name that specs use.</param>
/// <param name="Usable">Whether it can run a machine here.</param>
/// <param name="Accelerated">Whether guest code runs on the processor itself.</param>
/// <param name="MaximumProcessors">Virtual processors of one machine.</param>
/// <param name="Reason">Why it is usable, or not.</param>
public sealed record HypervisorInfo(string Name, bool Usable, bool Accelerated, int MaximumProcessors, string Reason)
{
    /// <summary>Its name and why it is usable, or not.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"{Name} ({(Usable ? "usable" : "unusable")}: {Reason})";
}

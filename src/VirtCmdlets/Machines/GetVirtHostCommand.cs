using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Gets the computer that keeps the virtual machines: its hypervisors, and where it keeps them.</summary>
/// <example><code>(Get-VirtHost).Hypervisors</code>Shows which hypervisors work here, and why others do not.</example>
[Cmdlet(VerbsCommon.Get, "VirtHost")]
[OutputType(typeof(HostInfo))]
public sealed class GetVirtHostCommand : VirtCmdlet
{
    /// <summary>Writes the host.</summary>
    protected override void ProcessRecord() => WriteObject(VirtHost.Describe());
}

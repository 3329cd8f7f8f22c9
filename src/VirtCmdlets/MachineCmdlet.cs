using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which machines they work on.</summary>
public abstract class MachineCmdlet : MachineSelectionCmdlet
{
    /// <summary>Names of machines; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The machines that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<MachineInfo> Chosen() => Choose(Name);
}

using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which switches they work on.</summary>
public abstract class SwitchCmdlet : SwitchSelectionCmdlet
{
    /// <summary>Names of switches; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SwitchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The switches that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<SwitchInfo> Chosen() => Choose(Name);
}

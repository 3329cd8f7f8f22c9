using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Gets virtual switches, what is plugged into them and what passed there.</summary>
/// <example><code>Get-VirtSwitch</code>Lists all switches.</example>
/// <example><code>Get-VirtSwitch lab | Select-Object -ExpandProperty Ports</code>Shows the ports of a switch with their counters.</example>
[Cmdlet(VerbsCommon.Get, "VirtSwitch", DefaultParameterSetName = ByName)]
[OutputType(typeof(SwitchInfo))]
public sealed class GetVirtSwitchCommand : SwitchSelectionCmdlet
{
    /// <summary>Names of switches, all without it; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SwitchNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the switches.</summary>
    protected override void ProcessRecord() => ForEach(Choose(Name), WriteObject);
}

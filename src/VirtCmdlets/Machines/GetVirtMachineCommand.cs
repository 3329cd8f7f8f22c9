using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>Gets virtual machines and what they are doing.</summary>
/// <example><code>Get-VirtMachine</code>Lists all machines.</example>
/// <example><code>Get-VirtMachine web* | Where-Object State -eq Running</code>Lists the running machines whose names begin with web.</example>
[Cmdlet(VerbsCommon.Get, "VirtMachine", DefaultParameterSetName = ByName)]
[OutputType(typeof(MachineInfo))]
public sealed class GetVirtMachineCommand : MachineSelectionCmdlet
{
    /// <summary>Names of machines, all without it; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the machines.</summary>
    protected override void ProcessRecord() => ForEach(Choose(Name), WriteObject);
}

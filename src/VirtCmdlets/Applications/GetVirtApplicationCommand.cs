using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Gets virtual applications and what they are doing.</summary>
/// <example><code>Get-VirtApplication</code>Lists all applications.</example>
/// <example><code>Get-VirtApplication node* | Where-Object State -eq Running</code>Lists the running applications whose names begin with node.</example>
[Cmdlet(VerbsCommon.Get, "VirtApplication", DefaultParameterSetName = ByName)]
[OutputType(typeof(ApplicationInfo))]
public sealed class GetVirtApplicationCommand : ApplicationSelectionCmdlet
{
    /// <summary>Names of applications, all without it; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the applications.</summary>
    protected override void ProcessRecord() => ForEach(Choose(Name), WriteObject);
}

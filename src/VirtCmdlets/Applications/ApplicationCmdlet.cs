using System.Management.Automation;

namespace VirtCmdlets;

/// <summary>Cmdlets that must be told which virtual applications they work on.</summary>
public abstract class ApplicationCmdlet : ApplicationSelectionCmdlet
{
    /// <summary>Names of applications; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The applications that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<ApplicationInfo> Chosen() => Choose(Name);
}

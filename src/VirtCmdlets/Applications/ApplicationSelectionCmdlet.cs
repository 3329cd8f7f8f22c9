using System.Management.Automation;
using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on virtual applications which exist.</summary>
public abstract class ApplicationSelectionCmdlet : SelectionCmdlet<ApplicationInfo>
{
    /// <summary>The parameter set that takes applications.</summary>
    protected const string ByApplication = "Application";

    /// <summary>Applications as Get-VirtApplication gives them, their names, or objects with an Id or a Name: specs, events, rows of a table.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplication, ValueFromPipeline = true)]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public ApplicationReference[] Application { get; set; } = [];

    private protected override Kind<ApplicationInfo> Kind => Kinds.Application;

    /// <summary>Writes an application as it is now.</summary>
    internal void WriteApplication(Guid id) => WriteObject(Await(cancellation => Applications.GetAsync(id, cancellation)));

    private protected override IEnumerable<ApplicationInfo> Given() =>
        Application.SelectMany(application => Find(Kind, application.Id, application.Name));
}

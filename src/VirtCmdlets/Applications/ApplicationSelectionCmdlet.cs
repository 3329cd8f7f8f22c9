using System.Management.Automation;
using AppLayer.Applications;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on virtual applications which exist: by name with wildcards, by identity, or from the pipeline.</summary>
public abstract class ApplicationSelectionCmdlet : VirtCmdlet
{
    /// <summary>The parameter set that chooses by name.</summary>
    protected const string ByName = "Name";

    /// <summary>The parameter set that chooses by identity.</summary>
    protected const string ById = "Id";

    /// <summary>The parameter set that takes applications.</summary>
    protected const string ByApplication = "Application";

    /// <summary>Identities of applications.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ById, ValueFromPipelineByPropertyName = true)]
    public Guid[] Id { get; set; } = [];

    /// <summary>Applications as Get-VirtApplication gives them, their names, or objects with an Id or a Name: specs, events, rows of a table.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplication, ValueFromPipeline = true)]
    [ApplicationReferenceTransformation]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public ApplicationReference[] Application { get; set; } = [];

    /// <summary>The applications that were chosen; those that are not there are reported.</summary>
    internal IEnumerable<ApplicationInfo> Choose(string[] names) => ParameterSetName switch
    {
        ById => Id.Select(id => new ApplicationReference(id)).Select(Find).OfType<ApplicationInfo>(),
        ByApplication => Application.Select(Find).OfType<ApplicationInfo>(),
        _ => names.SelectMany(Match).DistinctBy(application => application.Id),
    };

    /// <summary>Writes an application as it is now.</summary>
    internal void WriteApplication(Guid id) => WriteObject(Await(cancellation => Applications.GetAsync(id, cancellation)));

    private List<ApplicationInfo> Match(string name) =>
        Match(List(), application => application.Name, name, VirtErrorCode.ApplicationNotFound, "application");

    // Those that are damaged are reported.
    private IReadOnlyList<ApplicationInfo> List()
    {
        var damaged = new List<(Guid Id, VirtException Failure)>();
        var found = Await(cancellation => Applications.ListAsync((id, failure) => damaged.Add((id, failure)), cancellation));
        damaged.ForEach(one => WriteError(ErrorCatalog.ToRecord(one.Failure, one.Id)));
        return found;
    }

    private ApplicationInfo? Find(ApplicationReference reference)
    {
        ApplicationInfo? found = null;
        Try(() => found = Await(cancellation => Applications.FindAsync(reference, cancellation)), reference);
        return found;
    }
}

using System.Management.Automation;
using AppLayer.Applications;
using AppLayer.Resolution;
using VirtFoundation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Finds where layers of a stack disagree before it bites: files and registry entries that more than one of them has, and who wins.</summary>
/// <example><code>Compare-VirtLayer app@1.0, node@22.23.3</code>Lists what two layers disagree on when the first one wins.</example>
/// <example><code>Compare-VirtLayer -Application node-22 | Where-Object Severity -eq Error</code>Lists what an application's layers take from each other.</example>
[Cmdlet(VerbsData.Compare, "VirtLayer", DefaultParameterSetName = ByName)]
[OutputType(typeof(LayerConflict))]
public sealed class CompareVirtLayerCommand : VirtCmdlet
{
    private const string ByName = "Name";
    private const string ByApplication = "Application";

    private readonly List<string> _names = [];

    /// <summary>Two or more layers by name or name@version; the first wins.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Applications whose layers are compared: as Get-VirtApplication gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplication)]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public ApplicationReference[] Application { get; set; } = [];

    /// <summary>Takes the layers, or compares those of applications.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByName)
        {
            _names.AddRange(Name);
            return;
        }

        ForEach(Application.SelectMany(one => Find(Kinds.Application, one.Id, one.Name)), application => Compare(application.Layers));
    }

    /// <summary>Compares the layers.</summary>
    protected override void EndProcessing()
    {
        if (ParameterSetName == ByName)
        {
            Try(
                () => Compare(_names.Count >= 2
                    ? [.. _names.Select(Arguments.Layer)]
                    : throw new VirtException(VirtErrorCode.ParameterInvalid, "Name two layers or more: one alone has nobody to disagree with.")),
                _names.Count == 1 ? _names[0] : _names);
        }

        base.EndProcessing();
    }

    private void Compare(IReadOnlyCollection<LayerReference> layers) => WriteObject(
        Await(cancellation => Task.Run(() => Applications.FindConflicts(layers), cancellation)), enumerateCollection: true);
}

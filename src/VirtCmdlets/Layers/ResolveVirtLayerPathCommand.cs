using System.Management.Automation;
using AppLayer.Applications;
using AppLayer.Resolution;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>
/// Tells which layer of a stack a file or registry entry comes from: of an application with all that it wrote, or of layers without one. Without
/// a path it lists everything that the layers and the writable layer have.
/// </summary>
/// <example><code>Resolve-VirtLayerPath node-22 '{ProgramFiles}\nodejs\node.exe'</code>Tells which layer gives an application its program.</example>
/// <example><code>Resolve-VirtLayerPath -Layer node@22.23.3 -Recurse</code>Lists the merged files and registry entries of layers over the system.</example>
/// <example><code>Resolve-VirtLayerPath node-22 '{ProgramFiles}\nodejs' -Explain</code>Tells what every layer has to do with a directory.</example>
[Cmdlet(VerbsDiagnostic.Resolve, "VirtLayerPath", DefaultParameterSetName = ByApplication)]
[OutputType(typeof(ResolvedPath), typeof(PathParty))]
public sealed class ResolveVirtLayerPathCommand : VirtCmdlet
{
    private const string ByApplication = "Application";
    private const string ByLayer = "Layer";

    /// <summary>Applications as Get-VirtApplication gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByApplication, ValueFromPipeline = true)]
    [ReferenceTransformation]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    [ValidateNotNullOrEmpty]
    public ApplicationReference[] Application { get; set; } = [];

    /// <summary>Layers by name or name@version, over the system; the first wins.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLayer)]
    [ArgumentCompleter(typeof(LayerNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Layer { get; set; } = [];

    /// <summary>Paths below a known root such as {ProgramFiles}\nodejs, absolute ones as the programs write them, or registry keys: HKLM\Software\Demo.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>The name of a value of the registry key; empty text for the default value.</summary>
    [Parameter]
    [AllowEmptyString]
    public string? Value { get; set; }

    /// <summary>Everything below the paths too, that of the system included.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Writes what every party of the stack has to do with a path, and why, the topmost first.</summary>
    [Parameter]
    public SwitchParameter Explain { get; set; }

    /// <summary>Resolves the paths.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByLayer)
        {
            Try(() => Resolve(Applications.OpenView([.. Layer.Select(Arguments.Layer)])), Layer);
            return;
        }

        ForEach(
            Application.SelectMany(one => Find(Kinds.Application, one.Id, one.Name)),
            application => Resolve(Applications.OpenView(application.Id)));
    }

    private void Resolve(StackView view)
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Value)) && (Path.Length == 0 || Recurse))
        {
            throw new VirtException(VirtErrorCode.ParameterInvalid, "-Value is for registry keys that -Path names, without -Recurse.");
        }

        foreach (var note in view.Notes)
        {
            WriteVerbose(note);
        }

        if (Path.Length == 0)
        {
            Write(view.ResolveLayers);
        }

        ForEach(Path, path =>
        {
            if (Recurse)
            {
                Write(() => view.ResolveBelow(path));
            }
            else if (Explain)
            {
                WriteObject(view.Explain(path, Value), enumerateCollection: true);
            }
            else
            {
                WriteObject(view.Resolve(path, Value));
            }
        });
    }

    private void Write(Func<IEnumerable<ResolvedPath>> find) => Await((write, cancellation) =>
    {
        foreach (var found in find())
        {
            cancellation.ThrowIfCancellationRequested();
            write(() => WriteObject(Explain ? StackView.Explain(found) : found, enumerateCollection: true));
        }

        return Task.FromResult(true);
    });
}

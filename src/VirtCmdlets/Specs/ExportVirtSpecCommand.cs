using System.Management.Automation;
using System.Text;
using AppLayer.Applications;
using VirtEngine.Hosts;
using VirtFoundation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Writes machines, switches, applications, or specs, as YAML that Import-VirtSpec reads back.</summary>
/// <example><code>Get-VirtMachine lab* | Export-VirtSpec -Path ./lab.yaml</code>Writes machines to a file.</example>
/// <example><code>Export-VirtSpec -Machine web01</code>Shows a machine's spec.</example>
/// <example><code>Export-VirtSpec -Application node-22</code>Shows an application's spec.</example>
[Cmdlet(VerbsData.Export, "VirtSpec", SupportsShouldProcess = true, DefaultParameterSetName = ByMachine)]
[OutputType(typeof(string), typeof(FileInfo))]
public sealed class ExportVirtSpecCommand : VirtCmdlet
{
    private const string ByMachine = "Machine";
    private const string ByApplication = "Application";
    private const string BySwitch = "Switch";
    private const string BySpec = "Spec";

    private readonly List<Spec> _specs = [];

    /// <summary>Machines as Get-VirtMachine gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByMachine, ValueFromPipeline = true)]
    [ReferenceTransformation(LeavesSpecs = true)]
    [ArgumentCompleter(typeof(MachineNameCompleter))]
    public MachineReference[] Machine { get; set; } = [];

    /// <summary>Applications as Get-VirtApplication gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByApplication, ValueFromPipeline = true)]
    [ReferenceTransformation(LeavesSpecs = true)]
    [ArgumentCompleter(typeof(ApplicationNameCompleter))]
    public ApplicationReference[] Application { get; set; } = [];

    /// <summary>Switches as Get-VirtSwitch gives them, their names, or objects with an Id or a Name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySwitch, ValueFromPipeline = true)]
    [ReferenceTransformation(LeavesSpecs = true)]
    [ArgumentCompleter(typeof(SwitchNameCompleter))]
    public SwitchReference[] Switch { get; set; } = [];

    /// <summary>Specs as Import-VirtSpec gives them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySpec, ValueFromPipeline = true)]
    public Spec[] Spec { get; set; } = [];

    /// <summary>The file to write; without it the text is written to the pipeline.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Replaces the file if it is there already.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Takes the machines, switches, applications or specs.</summary>
    protected override void ProcessRecord()
    {
        _specs.AddRange(Spec);
        ForEach(Machine.SelectMany(one => Find(Kinds.Machine, one.Id, one.Name)), machine => _specs.Add(machine.Spec));
        ForEach(Switch.SelectMany(one => Find(Kinds.Switch, one.Id, one.Name)), one => _specs.Add(one.Spec));
        ForEach(Application.SelectMany(one => Find(Kinds.Application, one.Id, one.Name)), application => _specs.Add(application.Spec));
    }

    /// <summary>Writes them.</summary>
    protected override void EndProcessing()
    {
        if (_specs.Count == 0)
        {
            return; // Every error has been told.
        }

        Try(Write, Path);
    }

    private void Write()
    {
        string text;
        try
        {
            text = SpecFormats.Yaml.Write(_specs);
        }
        catch (SpecException e)
        {
            throw new VirtException(VirtErrorCode.SpecInvalid, e.Message, e);
        }

        if (Path is null)
        {
            WriteObject(text);
            return;
        }

        var file = FullPath(Path);
        if (File.Exists(file) && !Force)
        {
            throw new VirtException(VirtErrorCode.FileExists, $"'{file}' exists already.");
        }

        if (ShouldProcess(file, "Export-VirtSpec"))
        {
            try
            {
                File.WriteAllText(file, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new VirtException(VirtErrorCode.StorageFailed, $"'{file}' could not be written: {e.Message}", e);
            }

            WriteObject(new FileInfo(file));
        }
    }
}

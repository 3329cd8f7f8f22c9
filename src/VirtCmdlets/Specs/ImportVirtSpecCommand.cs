using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Reads specs from YAML files.</summary>
/// <example><code>Import-VirtSpec ./lab.yaml | Deploy-VirtSpec -Start</code>Makes machines as a file describes them, and starts them.</example>
[Cmdlet(VerbsData.Import, "VirtSpec")]
[OutputType(typeof(Machine), typeof(Layer), typeof(Application))]
public sealed class ImportVirtSpecCommand : SpecFileCmdlet
{
    /// <summary>Files of specs; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [Alias("FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Writes the specs.</summary>
    protected override void ProcessRecord()
    {
        foreach (var file in Path.SelectMany(Files))
        {
            WriteObject(Read(file), enumerateCollection: true);
        }
    }
}

using System.Management.Automation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Checks specs by themselves, without looking at any machine. Everything that is wrong is an error; the result is true or false.</summary>
/// <example><code>Test-VirtSpec ./lab.yaml</code>Says whether a file could be deployed, and if not, why.</example>
[Cmdlet(VerbsDiagnostic.Test, "VirtSpec", DefaultParameterSetName = ByPath)]
[OutputType(typeof(bool))]
public sealed class TestVirtSpecCommand : SpecCmdlet
{
    private readonly List<Spec> _specs = [];
    private bool _faulty;

    /// <summary>Takes the specs.</summary>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == BySpec)
        {
            _specs.AddRange(Spec);
            return;
        }

        foreach (var file in Path.SelectMany(Files))
        {
            var read = Read(file).ToList();
            _faulty |= read.Count == 0; // A file that can be read holds at least one.
            _specs.AddRange(read);
        }
    }

    /// <summary>Checks them together.</summary>
    protected override void EndProcessing()
    {
        var errors = SpecRules.FindErrors(_specs);
        Report(errors);
        WriteObject(!_faulty && errors.Count == 0);
    }
}

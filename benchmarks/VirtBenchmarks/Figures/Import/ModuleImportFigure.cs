using System.Globalization;

namespace VirtBenchmarks.Figures.Import;

/// <summary>
/// What PowerShell does with the packaged module's assembly at an import, in a new process of a runtime that is already up: it loads it,
/// looks for cmdlets and runs initializers. What PowerShell itself needs for manifest and views is not in it.
/// </summary>
internal sealed class ModuleImportFigure : Figure
{
    private string _assembly = "", _engine = "";

    internal override string Name => "import of the module";

    internal override string Unit => "ms";

    internal override bool LargerIsBetter => false;

    internal override double? Goal => 150;

    internal override void Prepare()
    {
        _assembly = Repository.Find("out", "VirtTools", "VirtCmdlets.dll");
        _engine = Repository.Find("tools", "PipelineHost", "bin", "Release", "net10.0", "System.Management.Automation.dll");
    }

    internal override double MeasureOurs() => double.Parse(
        Work.Read("dotnet", typeof(ModuleImportFigure).Assembly.Location, ModuleImport.Verb, _assembly, _engine), CultureInfo.InvariantCulture);
}

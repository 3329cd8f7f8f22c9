using System.Management.Automation;
using PipelineHost.Binding;
using PipelineHost.Commands;
using PipelineHost.Execution;
using PipelineHost.Modules;

namespace Microsoft.PowerShell.Commands;

/// <summary>Imports a binary module by the path of its manifest or assembly.</summary>
[Cmdlet("Import", "Module"), Alias("ipmo")]
internal sealed class ImportModuleCommand : PSCmdlet, IHostCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)] public string[] Name { get; set; } = [];
    [Parameter] public SwitchParameter Force { get; set; }
    [Parameter, Refused] public SwitchParameter PassThru { get; set; }
    [Parameter, Refused] public string? Prefix { get; set; }
    [Parameter, Refused] public string[]? Function { get; set; }
    [Parameter, Refused] public string[]? Cmdlet { get; set; }
    [Parameter, Refused] public string[]? Alias { get; set; }
    [Parameter, Refused] public string[]? Variable { get; set; }
    [Parameter, Refused] public object[]? ArgumentList { get; set; }
    [Parameter, Refused] public SwitchParameter AsCustomObject { get; set; }
    [Parameter, Refused] public SwitchParameter DisableNameChecking { get; set; }
    [Parameter, Refused] public SwitchParameter Global { get; set; }
    [Parameter, Refused] public SwitchParameter NoClobber { get; set; }
    [Parameter, Refused] public string? Scope { get; set; }
    [Parameter, Refused] public object? Assembly { get; set; }
    [Parameter, Refused] public object? FullyQualifiedName { get; set; }
    [Parameter, Refused] public object? ModuleInfo { get; set; }
    [Parameter, Refused] public Version? MaximumVersion { get; set; }
    [Parameter, Refused] public Version? MinimumVersion { get; set; }
    [Parameter, Refused] public Version? RequiredVersion { get; set; }

    public Session Host { get; set; } = null!;

    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            try
            {
                ModuleLoader.Import(Host, SessionState.Path.GetUnresolvedProviderPathFromPSPath(name), name);
            }
            catch (ModuleException e)
            {
                WriteError(e.ErrorRecord);
            }
        }
    }
}

using System.Management.Automation;
using System.Reflection;
using PipelineHost;
using PipelineHost.Binding;
using PipelineHost.Execution;

namespace Microsoft.PowerShell.Commands;

/// <summary>ForEach-Object in its simplified form: a property of each object.</summary>
[Cmdlet("ForEach", "Object"), Alias("foreach", "%")]
internal sealed class ForEachObjectCommand : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)] public PSObject? InputObject { get; set; }
    [Parameter(Mandatory = true, Position = 0)] public string MemberName { get; set; } = "";
    [Parameter, Refused] public object[]? ArgumentList { get; set; }
    [Parameter, Refused] public object? Begin { get; set; }
    [Parameter, Refused] public object? Process { get; set; }
    [Parameter, Refused] public object? End { get; set; }
    [Parameter, Refused] public object? Parallel { get; set; }
    [Parameter, Refused] public int ThrottleLimit { get; set; }
    [Parameter, Refused] public int TimeoutSeconds { get; set; }
    [Parameter, Refused] public SwitchParameter AsJob { get; set; }
    [Parameter, Refused] public SwitchParameter UseNewRunspace { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null) throw new NotSupportedByHostException("ForEach-Object with a null object");
        if (WildcardPattern.ContainsWildcardCharacters(MemberName)) throw new NotSupportedByHostException("ForEach-Object with a wildcard");
        if (!Members.TryGet(InputObject, MemberName, out object? value)
            && Array.Exists(InputObject.BaseObject.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance), m =>
                string.Equals(m.Name, MemberName, StringComparison.OrdinalIgnoreCase)))
            throw new NotSupportedByHostException($"ForEach-Object with the method {MemberName}");
        WriteObject(value, true);
    }
}

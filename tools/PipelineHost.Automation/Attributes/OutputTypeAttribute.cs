using System.Management.Automation.Internal;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class OutputTypeAttribute : CmdletMetadataAttribute
{
    public OutputTypeAttribute(params Type[] type) => TypeNames = [.. type.Select(t => t.FullName ?? t.Name)];

    public OutputTypeAttribute(params string[] type) => TypeNames = type;

    internal string[] TypeNames { get; }
    public string? ProviderCmdlet { get; set; }
    public string[] ParameterSetName { get; set; } = [ParameterAttribute.AllParameterSets];
}

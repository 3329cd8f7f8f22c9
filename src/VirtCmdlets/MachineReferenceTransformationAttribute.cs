using System.Collections;
using System.Management.Automation;
using VirtEngine.Hosts;

namespace VirtCmdlets;

/// <summary>
/// Takes for a machine whatever tells which one is meant: an object with its Id, which stays when a machine is renamed, or else with its Name.
/// Objects that came through remoting, Import-Csv or ConvertFrom-Json are like that. Everything else is left to PowerShell.
/// </summary>
internal sealed class MachineReferenceTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Inner(inputData) switch
    {
        null or string or IDictionary => inputData,
        IEnumerable many => many.Cast<object>().Select(Refer).ToArray(),
        _ => Refer(inputData),
    };

    private static object? Inner(object? given) => given is PSObject wrapped ? wrapped.BaseObject : given;

    private static object Refer(object one)
    {
        if (Inner(one) is null or string or Guid or MachineReference)
        {
            return one;
        }

        var properties = PSObject.AsPSObject(one).Properties;
        return LanguagePrimitives.TryConvertTo<Guid>(properties["Id"]?.Value, out var id) && id != Guid.Empty ? new MachineReference(id)
            : properties["Name"]?.Value?.ToString() is { Length: > 0 } name ? new MachineReference(name)
            : one;
    }
}

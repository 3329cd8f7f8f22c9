using System.Collections;
using System.Management.Automation;
using AppLayer.Applications;
using VirtEngine.Hosts;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>
/// Takes for a machine, switch or application whatever tells which one is meant: an object with its Id, which stays when it is renamed, or else with its
/// Name. Objects that came through remoting, Import-Csv or ConvertFrom-Json are like that. What is known to be a machine is offered as no application,
/// and the other way round. Everything else is left to PowerShell.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ReferenceTransformationAttribute : ArgumentTransformationAttribute
{
    /// <summary>Whether specs, travelled ones too, are left as they are: for commands that take them for themselves.</summary>
    public bool LeavesSpecs { get; set; }

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => Inner(inputData) switch
    {
        null or string or IDictionary => inputData,
        IEnumerable many => many.Cast<object>().Select(Refer).ToArray(),
        _ => Refer(inputData),
    };

    private static object? Inner(object? given) => given is PSObject wrapped ? wrapped.BaseObject : given;

    private object Refer(object one)
    {
        if (Inner(one) is null or string or Guid or MachineReference or SwitchReference or ApplicationReference || (LeavesSpecs && IsSpec(one)))
        {
            return one;
        }

        var properties = PSObject.AsPSObject(one).Properties;
        var name = properties["Name"]?.Value?.ToString();
        return LanguagePrimitives.TryConvertTo<Guid>(properties["Id"]?.Value, out var id) && id != Guid.Empty
            ? Is(one, typeof(MachineInfo)) ? new MachineReference(id) : Is(one, typeof(SwitchInfo)) ? new SwitchReference(id) : Is(one, typeof(ApplicationInfo)) ? new ApplicationReference(id) : id
            : name is null or "" ? one
            : Is(one, typeof(Machine)) ? new MachineReference(name) : Is(one, typeof(VirtSpecs.Switch)) ? new SwitchReference(name) : Is(one, typeof(Application)) ? new ApplicationReference(name) : name;
    }

    private static bool IsSpec(object one) => Is(one, typeof(Spec));

    // Of what travelled only the name of its type is left.
    private static bool Is(object one, Type type) =>
        PSObject.AsPSObject(one).TypeNames.Any(name => name == type.FullName || name == "Deserialized." + type.FullName);
}

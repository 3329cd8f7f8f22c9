using System.Management.Automation;
using AppLayer.Applications;
using AppLayer.Capture;
using VirtEngine.Hosts;
using VirtFoundation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Cmdlets that take specs out of the pipeline, or read them from files.</summary>
public abstract class SpecCmdlet : SpecFileCmdlet
{
    /// <summary>The parameter set that takes specs.</summary>
    protected const string BySpec = "Spec";

    /// <summary>The parameter set that reads files.</summary>
    protected const string ByPath = "Path";

    /// <summary>Specs as Import-VirtSpec gives them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySpec, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Spec[] Spec { get; set; } = [];

    /// <summary>Files of specs; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>What keeps the things that specs describe.</summary>
    private protected SpecDeployment Deployment => new([new SwitchTarget(Switches), new MachineTarget(VirtHost), new LayerTarget(Applications), new ApplicationTarget(Applications)]);

    /// <summary>What must change so that things are as specs say.</summary>
    /// <exception cref="VirtException">A spec is wrong.</exception>
    internal IReadOnlyList<SpecChange> MakePlan(IReadOnlyList<Spec> specs, PlanOptions options)
    {
        try
        {
            return Await(cancellation => Deployment.PlanAsync(specs, options, cancellation));
        }
        catch (SpecException e)
        {
            throw new VirtException(VirtErrorCode.SpecInvalid, e.Message, e);
        }
    }

    /// <summary>The specs given with this object of the pipeline.</summary>
    internal IEnumerable<Spec> Given() => ParameterSetName == ByPath ? Path.SelectMany(Files).SelectMany(Read) : Spec;
}

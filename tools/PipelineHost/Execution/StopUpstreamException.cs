namespace PipelineHost.Execution;

/// <summary>A command has all it wants: those before it stop, those after it end as usual.</summary>
internal sealed class StopUpstreamException(System.Management.Automation.Cmdlet requester)
    : System.Management.Automation.PipelineStoppedException
{
    public System.Management.Automation.Cmdlet Requester { get; } = requester;
}

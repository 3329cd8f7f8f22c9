namespace System.Management.Automation.Internal;

public abstract class InternalCommand
{
    internal InternalCommand() { }

    internal InvocationInfo Invocation { get; set; } = null!;
    internal SessionState Session { get; set; } = null!;
    internal string ParameterSet { get; set; } = ParameterAttribute.AllParameterSets;

    public CommandOrigin CommandOrigin => CommandOrigin.Runspace;
}

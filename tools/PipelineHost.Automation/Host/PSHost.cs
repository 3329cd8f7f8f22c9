namespace System.Management.Automation.Host;

/// <summary>Named by <c>ICommandRuntime</c>; there is none here.</summary>
public abstract class PSHost
{
    private protected PSHost() { }
}

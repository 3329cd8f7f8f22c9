namespace System.Management.Automation;

/// <summary>Named by <c>ICommandRuntime</c>; there is none here.</summary>
public sealed class PSTransactionContext
{
    private PSTransactionContext() { }
}

namespace System.Management.Automation;

public sealed class SessionState
{
    internal SessionState(Dictionary<string, object?> variables) => PSVariable = new PSVariableIntrinsics(variables);

    public PathIntrinsics Path { get; } = new();
    public PSVariableIntrinsics PSVariable { get; }
    internal JobRepository Jobs { get; } = new();
}

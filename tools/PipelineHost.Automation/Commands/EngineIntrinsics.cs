namespace System.Management.Automation;

public class EngineIntrinsics
{
    internal EngineIntrinsics(SessionState session) => SessionState = session;

    public SessionState SessionState { get; }
}

namespace System.Management.Automation;

public sealed class JobStateInfo(JobState state, Exception? reason)
{
    public JobStateInfo(JobState state) : this(state, null) { }

    public JobState State { get; } = state;
    public Exception? Reason { get; } = reason;

    public override string ToString() => State.ToString();
}

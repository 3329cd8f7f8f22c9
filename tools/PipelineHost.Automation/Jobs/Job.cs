namespace System.Management.Automation;

/// <summary>Work that goes on beside the prompt; what it writes is kept until somebody receives it.</summary>
public abstract class Job : IDisposable
{
    private static int _lastId;

    private readonly ManualResetEvent _finished = new(false);
    private volatile JobStateInfo _info = new(JobState.NotStarted);

    protected Job(string? command, string? name)
    {
        Id = Interlocked.Increment(ref _lastId);
        Command = command;
        Name = string.IsNullOrEmpty(name) ? $"Job{Id}" : name;
    }

    public string? Command { get; }
    public int Id { get; }
    public Guid InstanceId { get; } = Guid.NewGuid();
    public string Name { get; set; }
    public string PSJobTypeName { get; protected internal set; } = "";
    public DateTime? PSBeginTime { get; protected set; }
    public DateTime? PSEndTime { get; protected set; }
    public JobStateInfo JobStateInfo => _info;
    public WaitHandle Finished => _finished;
    public abstract string StatusMessage { get; }
    public abstract bool HasMoreData { get; }
    public abstract string Location { get; }
    public PSDataCollection<PSObject> Output { get; } = [];
    public PSDataCollection<ErrorRecord> Error { get; } = [];
    public PSDataCollection<ProgressRecord> Progress { get; } = [];
    public PSDataCollection<VerboseRecord> Verbose { get; } = [];
    public PSDataCollection<DebugRecord> Debug { get; } = [];
    public PSDataCollection<WarningRecord> Warning { get; } = [];
    public PSDataCollection<InformationRecord> Information { get; } = [];

    public abstract void StopJob();

    protected void SetJobState(JobState state) => SetState(state, null);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _finished.Dispose();
    }

    private void SetState(JobState state, Exception? reason)
    {
        _info = new JobStateInfo(state, reason);
        if (state == JobState.Running) PSBeginTime = DateTime.Now;
        if (state is not (JobState.Completed or JobState.Failed or JobState.Stopped)) return;
        PSEndTime = DateTime.Now;
        _finished.Set();
    }
}

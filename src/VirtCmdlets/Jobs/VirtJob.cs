using System.Management.Automation;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>
/// The job of <c>-AsJob</c>: a twin of the cmdlet does in it what the cmdlet was asked for, one object after the other. It has failed if there
/// was any error.
/// </summary>
internal sealed class VirtJob : Job
{
    private readonly JobStreams _streams;
    private readonly VirtCmdlet _cmdlet;
    private readonly IReadOnlyList<Action<VirtCmdlet>> _work;
    private readonly Lock _state = new();
    private int _done;

    /// <param name="command">What was typed.</param>
    /// <param name="cmdlet">The cmdlet.</param>
    /// <param name="work">What its twin is to do.</param>
    internal VirtJob(string command, VirtCmdlet cmdlet, IReadOnlyList<Action<VirtCmdlet>> work)
        : base(command, null)
    {
        PSJobTypeName = nameof(VirtJob);
        _streams = new(this);
        _cmdlet = cmdlet.TwinFor(_streams);
        _work = work;
    }

    /// <inheritdoc/>
    public override string StatusMessage => $"{Volatile.Read(ref _done)}/{_work.Count}";

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.Count + Error.Count + Progress.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count > 0;

    /// <inheritdoc/>
    public override string Location => Environment.MachineName;

    /// <inheritdoc/>
    public override void StopJob()
    {
        lock (_state)
        {
            if (JobStateInfo.State is not JobState.Running)
            {
                return;
            }

            SetJobState(JobState.Stopping);
        }

        _cmdlet.Cancel();
        Finished.WaitOne();
    }

    internal void Start()
    {
        SetJobState(JobState.Running);
        Task.Factory.StartNew(() => End(Work()), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            StopJob();
            _cmdlet.Dispose();
        }

        base.Dispose(disposing);
    }

    private JobState Work()
    {
        try
        {
            foreach (var part in _work)
            {
                part(_cmdlet);
                Interlocked.Increment(ref _done);
            }

            return _streams.HasErrors ? JobState.Failed : JobState.Completed;
        }
        catch (PipelineStoppedException)
        {
            return JobState.Stopped;
        }
#pragma warning disable CA1031 // Nobody is above this thread: a fault of ours ends the job, not the shell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Error.Add(ErrorCatalog.ToRecord(new(VirtErrorCode.InternalError, e.Message, e), _cmdlet));
            return JobState.Failed;
        }
    }

    private void End(JobState state)
    {
        lock (_state)
        {
            SetJobState(state);
        }
    }
}

using System.Collections.Concurrent;
using System.Management.Automation;
using VirtEngine;
using VirtEngine.Hosts;
using VirtEngine.Store;

namespace VirtCmdlets;

/// <summary>What all cmdlets share: the host, errors with recommendations, waits that Ctrl+C ends at once.</summary>
public abstract class VirtCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private LocalHost? _host;

    /// <summary>Whose machines and images: the current user's (default), or the computer's.</summary>
    [Parameter]
    public RootScope Scope { get; set; } = RootScope.User;

    /// <summary>Cancelled by Ctrl+C.</summary>
    protected CancellationToken Stop => _stop.Token;

    /// <summary>The host that the cmdlet works on.</summary>
    protected internal LocalHost VirtHost => _host ??= new(VirtRoot.Find(Scope));

    /// <summary>Frees what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Runs work aside and waits for it; its notes are written by this thread, as PowerShell wants it.</summary>
    internal T Await<T>(Func<CancellationToken, Task<T>> work) => Await((_, cancellation) => work(cancellation));

    /// <summary>Runs work aside and waits for it.</summary>
    internal void Await(Func<CancellationToken, Task> work) => Await(async cancellation =>
    {
        await work(cancellation).ConfigureAwait(false);
        return true;
    });

    /// <summary>Runs work aside that has things to write on its way.</summary>
    internal T Await<T>(Func<Action<Action>, CancellationToken, Task<T>> work)
    {
        using var notes = new BlockingCollection<Action>(boundedCapacity: 256);
        var task = Task.Run(async () =>
        {
            try
            {
                return await work(notes.Add, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                notes.CompleteAdding();
            }
        });
        try
        {
            foreach (var note in notes.GetConsumingEnumerable(_stop.Token))
            {
                note();
            }

            return task.WaitAsync(_stop.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The work ends by itself; nobody waits for it any more.
            _ = task.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Does something for one object; what goes wrong with it is reported, and the next object has its turn.</summary>
    internal void ForEach<T>(IEnumerable<T> targets, Action<T> action)
    {
        foreach (var target in targets)
        {
            Try(() => action(target), target);
        }
    }

    /// <summary>Does something and reports what goes wrong as an error that does not end the pipeline.</summary>
    internal bool Try(Action action, object? target)
    {
        try
        {
            action();
            return true;
        }
        catch (VirtException e)
        {
            WriteError(ErrorCatalog.ToRecord(e, target));
            return false;
        }
    }

    /// <summary>Does something; what goes wrong ends the command.</summary>
    internal T OrEnd<T>(Func<T> action, object? target)
    {
        try
        {
            return action();
        }
        catch (VirtException e)
        {
            ThrowTerminatingError(ErrorCatalog.ToRecord(e, target));
            throw;
        }
    }

    /// <summary>A path as the user means it: relative to the current location, with drives resolved.</summary>
    internal string FullPath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);
}

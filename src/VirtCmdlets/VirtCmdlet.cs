using System.Management.Automation;
using System.Threading.Channels;
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

    /// <summary>Runs work aside that has things to write on its way. When nobody takes them any more, the work is told to end.</summary>
    internal T Await<T>(Func<Action<Action>, CancellationToken, Task<T>> work)
    {
        var notes = Channel.CreateBounded<Action>(new BoundedChannelOptions(256) { SingleReader = true });
        var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var token = end.Token;
        var task = Task.Run(async () =>
        {
            try
            {
                return await work(note => Tell(notes.Writer, note, token), token).ConfigureAwait(false);
            }
            finally
            {
                notes.Writer.Complete();
            }
        });
        try
        {
            while (Next(notes.Reader, token) is { } note)
            {
                note();
            }

            return task.WaitAsync(token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        finally
        {
            // Ctrl+C, or a Select-Object -First further on, ended the waiting: the work ends by itself, and nobody waits for it.
            end.Cancel();
            _ = task.ContinueWith(
                static (ended, source) =>
                {
                    _ = ended.Exception;
                    ((CancellationTokenSource)source!).Dispose();
                },
                end,
                TaskScheduler.Default);
        }
    }

    /// <summary>Does something for one object; what goes wrong with it is reported, and the next object has its turn.</summary>
    internal void ForEach<T>(IEnumerable<T> targets, Action<T> action) => Try(
        () =>
        {
            foreach (var target in targets)
            {
                Try(() => action(target), target);
            }
        },
        null);

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

    private static void Tell(ChannelWriter<Action> notes, Action note, CancellationToken cancellation)
    {
        while (!notes.TryWrite(note))
        {
            notes.WaitToWriteAsync(cancellation).AsTask().GetAwaiter().GetResult();
        }
    }

    private static Action? Next(ChannelReader<Action> notes, CancellationToken cancellation)
    {
        while (notes.WaitToReadAsync(cancellation).AsTask().GetAwaiter().GetResult())
        {
            if (notes.TryRead(out var note))
            {
                return note;
            }
        }

        return null;
    }
}

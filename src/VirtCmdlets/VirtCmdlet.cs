using System.Management.Automation;
using System.Threading.Channels;
using AppLayer.Applications;
using AppLayer.Capture;
using AppLayer.Store;
using VirtEngine.Hosts;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Store;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>What all cmdlets share: the host, errors with recommendations, waits that Ctrl+C ends at once.</summary>
public abstract class VirtCmdlet : PSCmdlet, IDisposable
{
    private CancellationTokenSource _stop = new();
    private LocalHost? _host;
    private LocalSwitchHost? _switches;
    private LayerStore? _layers;
    private LocalApplicationHost? _applications;
    private List<Action<VirtCmdlet>> _jobWork = [];
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>Whose machines, switches, images, layers and applications: the current user's (default), or the computer's.</summary>
    [Parameter]
    public RootScope Scope { get; set; } = RootScope.User;

    /// <summary>Whether -WhatIf, or its preference, has answered <see cref="ShouldAct"/>.</summary>
    internal bool IsWhatIf { get; private set; }

    /// <summary>Cancelled by Ctrl+C.</summary>
    protected CancellationToken Stop => _stop.Token;

    /// <summary>The host that the cmdlet works on.</summary>
    protected internal LocalHost VirtHost => _host ??= new(VirtRoot.Find(Scope));

    /// <summary>The switches that the cmdlet works on.</summary>
    internal LocalSwitchHost Switches => _switches ??= new(VirtRoot.Find(Scope));

    /// <summary>The virtual applications that the cmdlet works on.</summary>
    internal LocalApplicationHost Applications => _applications ??= new(VirtRoot.Find(Scope));

    /// <summary>The captures that the cmdlet works on.</summary>
    internal CaptureSessions Captures => new(VirtRoot.Find(Scope));

    /// <summary>The store of layers that the cmdlet works on.</summary>
    internal LayerStore Layers => _layers ??= new(VirtRoot.Find(Scope));

    /// <summary>Frees what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => Cancel();

    /// <summary>Makes the job of <c>-AsJob</c>, if there is work for it.</summary>
    protected override void EndProcessing()
    {
        if (_jobWork.Count > 0)
        {
            var job = new VirtJob(MyInvocation.Line.Trim(), this, _jobWork);
            JobRepository.Add(job);
            job.Start();
            WriteObject(job);
        }
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>Ends the waits, as Ctrl+C and Stop-Job do.</summary>
    internal void Cancel() => _stop.Cancel();

    /// <summary>The cmdlet once more, with the parameters that it was given, for work that goes on when its pipeline is over.</summary>
    /// <param name="runtime">Where it writes.</param>
    internal VirtCmdlet TwinFor(ICommandRuntime runtime)
    {
        var twin = (VirtCmdlet)MemberwiseClone();
        twin._stop = new();
        twin._jobWork = [];
        twin.CommandRuntime = runtime;
        return twin;
    }

    /// <summary>Does work on an object: now, or with <c>-AsJob</c> in the job that the command's end makes.</summary>
    /// <param name="target">The object.</param>
    /// <param name="work">The work. It speaks of the cmdlet that it is given, which in a job is a twin, and asks nothing.</param>
    internal void NowOrInJob<T>(T target, Action<VirtCmdlet, T> work)
    {
        if (this is ILongCommand { AsJob.IsPresent: true })
        {
            _jobWork.Add(cmdlet => cmdlet.Try(() => work(cmdlet, target), target));
        }
        else
        {
            work(this, target);
        }
    }

    /// <summary>Asks as <c>ShouldProcess</c> does, and notes -WhatIf.</summary>
    internal bool ShouldAct(string target, string action)
    {
        var description = $"Performing the operation \"{action}\" on target \"{target}\".";
        var agreed = ShouldProcess(description, description, "Confirm", out var reason);
        IsWhatIf |= reason == ShouldProcessReason.WhatIf;
        return agreed;
    }

    /// <summary>Asks before a part of a command that loses data, as PowerShell asks before a command of high impact.</summary>
    /// <param name="target">What it is done to.</param>
    /// <param name="action">What is done.</param>
    /// <param name="question">What the user is asked: what is lost.</param>
    /// <param name="force">Whether the user said that they know.</param>
    internal bool ShouldLose(string target, string action, string question, bool force)
    {
        // With a lower preference, or -Confirm, ShouldProcess asks; with -Confirm:$false nobody wants to be asked.
        var asks = !force && !MyInvocation.BoundParameters.ContainsKey("Confirm")
            && LanguagePrimitives.TryConvertTo<ConfirmImpact>(GetVariableValue("ConfirmPreference"), out var preference) && preference == ConfirmImpact.High;
        return ShouldAct(target, action) && (!asks || ShouldContinue(question, action, ref _yesToAll, ref _noToAll));
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

    /// <summary>Runs work aside whose progress is shown, and waits for it.</summary>
    /// <param name="activity">What it is, as the progress bar's title.</param>
    /// <param name="words">What a step of it is.</param>
    /// <param name="work">The work.</param>
    internal T WithProgress<TStep, T>(string activity, Func<TStep, SpecProgress> words, Func<IProgress<TStep>, CancellationToken, Task<T>> work)
    {
        var shown = false;
        try
        {
            return Await((write, cancellation) => work(new Reporter<TStep>(step => write(() =>
            {
                shown = true;
                var (status, percent) = words(step);
                WriteProgress(new ProgressRecord(1, activity, status) { PercentComplete = percent ?? -1 });
            })), cancellation));
        }
        finally
        {
            if (shown)
            {
                WriteProgress(new ProgressRecord(1, activity, "done") { RecordType = ProgressRecordType.Completed });
            }
        }
    }

    /// <summary>Runs work aside and waits for it, for a limited time.</summary>
    /// <param name="work">The work.</param>
    /// <param name="limit">How long; null for as long as it takes.</param>
    /// <param name="late">What it is when the time is up.</param>
    internal T WithLimit<T>(Func<CancellationToken, Task<T>> work, TimeSpan? limit, Func<VirtException> late) => Await(async cancellation =>
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit ?? System.Threading.Timeout.InfiniteTimeSpan);
        try
        {
            return await work(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw late();
        }
    });

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
        catch (MalformedDataException e)
        {
            WriteError(ErrorCatalog.ToRecord(new(VirtErrorCode.FileInvalid, e.Message, e), target));
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

    /// <summary>Those whose names a pattern matches; a name without wildcards that nothing has is reported.</summary>
    internal List<T> Match<T>(IEnumerable<T> all, Func<T, string> nameOf, string name, VirtErrorCode notFound, string kind)
    {
        var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
        var found = all.Where(one => pattern.IsMatch(nameOf(one))).ToList();
        if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
        {
            WriteError(ErrorCatalog.ToRecord(new(notFound, $"There is no {kind} named '{name}'."), name));
        }

        return found;
    }

    /// <summary>Those that a name or pattern means; a name that nothing has, and those that are damaged, are reported.</summary>
    internal IEnumerable<T> Find<T>(Kind<T> kind, string name) => kind.Find is not null && !WildcardPattern.ContainsWildcardCharacters(name)
        ? OneOrReport(() => kind.Find(this, name), name)
        : Match(List(kind), one => kind.NameOf(one, name), name, kind.NotFound, kind.Word);

    /// <summary>The one with an identity, if it is there; else that is reported.</summary>
    internal IEnumerable<T> Find<T>(Kind<T> kind, Guid id) => OneOrReport(() => kind.Get!(this, id), id);

    /// <summary>Those that a reference means: by identity, or else by a name or pattern.</summary>
    internal IEnumerable<T> Find<T>(Kind<T> kind, Guid id, string name) => id != Guid.Empty ? Find(kind, id) : Find(kind, name);

    /// <summary>A path as the user means it: relative to the current location, with drives resolved.</summary>
    internal string FullPath(string path) => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path);

    /// <summary>The files that a path of this computer means; a file whose name is itself like a pattern is that file.</summary>
    internal IEnumerable<string> Files(string path) => Items(path, Directory.EnumerateFiles);

    /// <summary>The files, or files and directories, that a path of this computer means; what has itself a name like a pattern is meant by it.</summary>
    internal IEnumerable<string> Items(string path, Func<string, IEnumerable<string>> enumerate)
    {
        var full = FullPath(path);
        if (!WildcardPattern.ContainsWildcardCharacters(path) || System.IO.Path.Exists(full))
        {
            return [full];
        }

        var directory = Path.GetDirectoryName(full)!;
        var pattern = new WildcardPattern(Path.GetFileName(full), WildcardOptions.IgnoreCase);
        return Directory.Exists(directory)
            ? enumerate(directory).Where(file => pattern.IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)
            : [];
    }

    private List<T> List<T>(Kind<T> kind)
    {
        var damaged = new List<(object Place, VirtException Failure)>();
        List<T> found = [.. kind.List(this, (place, failure) => damaged.Add((place, failure)))];
        damaged.ForEach(one => WriteError(ErrorCatalog.ToRecord(one.Failure, one.Place)));
        return found;
    }

    private List<T> OneOrReport<T>(Func<T> find, object target)
    {
        List<T> found = [];
        Try(() => found.Add(find()), target);
        return found;
    }

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

    // At once and in order, as Progress<T> is not.
    private sealed class Reporter<TStep>(Action<TStep> report) : IProgress<TStep>
    {
        public void Report(TStep value) => report(value);
    }
}

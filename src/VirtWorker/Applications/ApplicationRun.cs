using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.Versioning;
using AppLayer.Activation;
using AppLayer.Applications;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Interop;
using VirtFoundation.Store;

namespace VirtWorker.Applications;

/// <summary>One run of an application: from the making of its view to the end of the last process in it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class ApplicationRun(ApplicationDirectory directory, ApplicationView view, EventWriter events)
{
    // What is remembered of programs that have ended.
    private const int MostPrograms = 256, LongestCommand = 200;

    // Who starts a worker asks for a program at once, or is gone.
    private static readonly TimeSpan StarterPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FailurePatience = TimeSpan.FromSeconds(5);

    // A program that writes without end must not fill the disk between two looks at its files.
    private static readonly TimeSpan OutputPause = TimeSpan.FromSeconds(1);

    // How long programs may take to end when they are made to, before they are killed.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly ProcessTree _tree = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Task<int>> _ends = [];
    private ImmutableList<ProgramRecord> _programs = [];
    private int _lastNumber;
    private volatile bool _isTethered;
    private bool _isClosed;

    /// <summary>The programs so far, as far as they are remembered.</summary>
    internal IReadOnlyList<ProgramRecord> Programs => _programs;

    /// <summary>What the application is doing.</summary>
    internal ApplicationState State => _opened.Task.IsCompletedSuccessfully ? ApplicationState.Running : ApplicationState.Starting;

    /// <summary>Everything about the run is recorded, and the application can be started again.</summary>
    internal Task Finished => _finished.Task;

    /// <summary>Whether nobody wants what was written any more.</summary>
    internal bool IsAbandoned { get; private set; }

    /// <summary>Makes the view, and waits for the end of the last process in it.</summary>
    /// <returns>Why the view could not be made, or null.</returns>
    internal async Task<VirtException?> RunAsync()
    {
        events.Tell(EventNames.StateChanged, nameof(ApplicationState.Starting));
        if (TryOpen() is { } failure)
        {
            // Who asks for the first program hears it.
            await Task.WhenAny(_released.Task, Task.Delay(FailurePatience)).ConfigureAwait(false);
            return failure;
        }

        events.Tell(EventNames.StateChanged, nameof(ApplicationState.Running));
        using var ended = new CancellationTokenSource();
        var bounding = BoundOutputAsync(ended.Token);
        await Task.WhenAny(_released.Task, Task.Delay(StarterPatience)).ConfigureAwait(false);
        if (_isTethered)
        {
            await _released.Task.ConfigureAwait(false);
        }

        do
        {
            await _tree.Empty.ConfigureAwait(false);
        }
        while (!TryClose());
        await ended.CancelAsync().ConfigureAwait(false);
        await bounding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_ends.Values).ConfigureAwait(false);
        events.Tell(EventNames.StateChanged, nameof(ApplicationState.Stopped));
        return null;
    }

    /// <summary>Starts a program in the view, as soon as that is there.</summary>
    /// <exception cref="VirtException">It is not there, or the run is over.</exception>
    internal async Task<ProgramRecord> StartAsync(ProgramStart program, CancellationToken cancellation)
    {
        try
        {
            await _opened.Task.WaitAsync(cancellation).ConfigureAwait(false);
            lock (_gate)
            {
                return _isClosed
                    ? throw new VirtException(VirtErrorCode.ApplicationNotRunning, "The application's last program has just ended.")
                    : Start(program);
            }
        }
        finally
        {
            // A run that nobody holds ends with its last process, or because its first program could not be started.
            if (!_isTethered)
            {
                Release();
            }
        }
    }

    /// <summary>Waits for a program's end.</summary>
    /// <exception cref="VirtException">There is no such program.</exception>
    internal Task<int> WaitAsync(int number, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _ends.TryGetValue(number, out var end)
                ? end.WaitAsync(cancellation)
                : throw new VirtException(
                    VirtErrorCode.ParameterInvalid, string.Create(CultureInfo.InvariantCulture, $"There is no program {number} in this run."));
        }
    }

    /// <summary>Stops every program, and returns when the run is recorded. The order stands when who gave it goes away.</summary>
    /// <exception cref="VirtException">They had not ended in time and shall not be killed.</exception>
    internal Task StopAsync(TimeSpan timeout, bool thenKill, CancellationToken cancellation) => StopAsync(timeout, thenKill).WaitAsync(cancellation);

    /// <summary>Stops every program at once, in order as far as that can be had.</summary>
    internal void Stop() => _ = StopAsync(TimeSpan.Zero, thenKill: true);

    /// <summary>Lets the run go on without a program until <see cref="Release"/>.</summary>
    internal void Tether() => _isTethered = true;

    /// <summary>Lets the run end with its last process.</summary>
    internal void Release() => _released.TrySetResult();

    /// <summary>Kills everything: who wanted it is gone.</summary>
    internal void Abandon()
    {
        lock (_gate)
        {
            (IsAbandoned, _isClosed) = (true, true);
        }

        Release();
        ProcessTree.SignalAll(Libc.SIGKILL);
    }

    /// <summary>Tells everybody who waits that the run is recorded.</summary>
    internal void Finish() => _finished.TrySetResult();

    private VirtException? TryOpen()
    {
        try
        {
            view.Open();
            foreach (var note in view.Notes)
            {
                events.Tell(EventNames.Warning, note);
            }

            _opened.SetResult();
            return null;
        }
#pragma warning disable CA1031 // Whatever making a view throws ends this run, is recorded, and reaches who asked for a program.
        catch (Exception e)
        {
            var failure = ApplicationFault.From(e);
            WorkerProcess.Log(e.ToString());
            events.Tell(EventNames.StateChanged, $"{ApplicationState.Failed}: {failure.Message}");
            _opened.SetException(failure);
            return failure;
        }
#pragma warning restore CA1031
    }

    private ProgramRecord Start(ProgramStart program)
    {
        var command = view.Resolve(program);
        var number = ++_lastNumber;
        var (output, error) = (directory.OutputPath(number, isError: false), directory.OutputPath(number, isError: true));
        ProgramOutput.Create(output);
        ProgramOutput.Create(error);
        var end = _tree.Start(command, output, error);
        Forget();
        var record = new ProgramRecord(
            number, program.Command.Length <= LongestCommand ? program.Command : program.Command[..LongestCommand] + "…", DateTime.UtcNow);
        events.Tell(EventNames.ProgramStarted, string.Create(CultureInfo.InvariantCulture, $"{number}: {record.Command}"));
        _programs = _programs.Add(record);
        _ends[number] = NoteEndAsync(record, end);
        return record with { Notes = view.Notes };
    }

    // The first is the one that the run was made for.
    private void Forget()
    {
        if (_programs.Count >= MostPrograms && _programs.FindIndex(1, program => program.Ended is not null) is > 0 and var oldest)
        {
            var number = _programs[oldest].Number;
            _programs = _programs.RemoveAt(oldest);
            _ends.Remove(number);
            Leftover.Remove(directory.OutputPath(number, isError: false));
            Leftover.Remove(directory.OutputPath(number, isError: true));
        }
    }

    private async Task<int> NoteEndAsync(ProgramRecord record, Task<int> end)
    {
        var code = await end.ConfigureAwait(false);
        lock (_gate)
        {
            _programs = _programs.Replace(record, record with { Ended = DateTime.UtcNow, ExitCode = code });
        }

        events.Tell(EventNames.ProgramEnded, string.Create(CultureInfo.InvariantCulture, $"{record.Number}: exit code {code}"));
        return code;
    }

    private bool TryClose()
    {
        lock (_gate)
        {
            return _isClosed = _tree.Empty.IsCompleted;
        }
    }

    private async Task StopAsync(TimeSpan timeout, bool thenKill)
    {
        events.Tell(EventNames.StopRequested, string.Create(CultureInfo.InvariantCulture, $"within {timeout.TotalSeconds:0.#} s"));
        await Task.Yield();
        var ended = _tree.Empty;
        if (timeout > TimeSpan.Zero)
        {
            view.AskToEnd(_tree);
        }

        if (await Task.WhenAny(ended, Task.Delay(timeout)).ConfigureAwait(false) != ended)
        {
            if (!thenKill)
            {
                throw new VirtException(
                    VirtErrorCode.ApplicationStopTimeout,
                    string.Create(CultureInfo.InvariantCulture, $"The programs did not end within {timeout.TotalSeconds:0.#} s; they go on running."));
            }

            view.MakeEnd(_tree);
            await Task.WhenAny(ended, Task.Delay(EndPatience)).ConfigureAwait(false);
            ProcessTree.SignalAll(Libc.SIGKILL);
        }

        Release();
        await Finished.ConfigureAwait(false);
    }

    private async Task BoundOutputAsync(CancellationToken ended)
    {
        var freed = new Dictionary<string, long>();
        using var timer = new PeriodicTimer(OutputPause);
        while (await timer.WaitForNextTickAsync(ended).ConfigureAwait(false))
        {
            foreach (var program in _programs)
            {
                Bound(directory.OutputPath(program.Number, isError: false));
                Bound(directory.OutputPath(program.Number, isError: true));
            }
        }

        void Bound(string path)
        {
            var given = freed.GetValueOrDefault(path);
            try
            {
                ProgramOutput.GiveUpBeginning(path, ref given);
            }
            catch (IOException e)
            {
                WorkerProcess.Log(e.Message);
                given = long.MaxValue / 2; // Its file system has no holes: the file grows on.
            }

            freed[path] = given;
        }
    }
}

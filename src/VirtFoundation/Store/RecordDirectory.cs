using VirtFoundation.Events;

namespace VirtFoundation.Store;

/// <summary>The directory of one thing that a worker runs, and the files in it that every such thing has.</summary>
/// <param name="path">The directory.</param>
/// <param name="recordName">Name of the record's file.</param>
/// <param name="recordFile">How the record is written.</param>
/// <param name="runFile">How a run is written.</param>
internal abstract class RecordDirectory<TRecord, TRun>(string path, string recordName, StateFile<TRecord> recordFile, StateFile<TRun> runFile)
    where TRecord : class, IStoredRecord
    where TRun : class, IRunRecord
{
    // From a run's end on record to its worker's release of the lock: moments, unless the computer is busy beyond measure.
    private static readonly TimeSpan ReleasePatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    internal string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Identity and spec.</summary>
    internal string RecordPath => Place(recordName);

    /// <summary>The current or last run.</summary>
    internal string RunPath => Place("run.json");

    /// <summary>Held by the worker as long as it lives, and by whoever changes what only a stopped one lets change.</summary>
    internal string LockPath => Place("lock");

    /// <summary>What the worker's process writes to its standard streams.</summary>
    internal string WorkerLogPath => Place("worker.log");

    /// <summary>What happened to it.</summary>
    internal EventLog Events => new(Path);

    internal TRecord? TryReadRecord() => recordFile.TryRead(RecordPath);

    internal void WriteRecord(TRecord record) => recordFile.Write(RecordPath, record);

    internal TRun? TryReadRun() => runFile.TryRead(RunPath);

    /// <summary>Reads the current or last run where its loss matters little: the lock tells whether a worker lives, and the next one writes it anew.</summary>
    /// <param name="damage">What is wrong with the file, or null.</param>
    internal TRun? TryReadRun(out VirtException? damage)
    {
        damage = null;
        try
        {
            return TryReadRun();
        }
        catch (VirtException e) when (e.Code == VirtErrorCode.StateFileDamaged)
        {
            damage = e;
            return null;
        }
    }

    internal void WriteRun(TRun run, IFileOperations? operations = null) => runFile.Write(RunPath, run, operations);

    /// <summary>
    /// Takes the lock of what nothing runs. Whoever read that a run has ended may be faster than its worker, which lets go of the lock after it
    /// has recorded the end: that is waited for.
    /// </summary>
    /// <returns>The lock; null if a worker runs it, or is about to.</returns>
    /// <exception cref="VirtException">The lock's file cannot be opened.</exception>
    internal FileLock? TryTakeStopped()
    {
        var end = Environment.TickCount64 + (long)ReleasePatience.TotalMilliseconds;
        while (true)
        {
            if (FileLock.TryTake(LockPath) is { } taken)
            {
                return taken;
            }

            if (TryReadRun(out _) is not { Ended: not null } || Environment.TickCount64 >= end)
            {
                return null;
            }

            Thread.Sleep(Pause);
        }
    }

    private protected string Place(string name) => System.IO.Path.Combine(Path, name);
}

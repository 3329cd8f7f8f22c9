using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Store;

namespace VirtEngine.Store;

/// <summary>The directory of one machine and the files in it.</summary>
internal sealed class MachineDirectory(string path)
{
    private static readonly StateFile<MachineRecord> RecordFile = new(StateJson.Default.MachineRecord);
    private static readonly StateFile<RunRecord> RunFile = new(StateJson.Default.RunRecord);

    internal string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Identity and spec.</summary>
    internal string RecordPath => System.IO.Path.Combine(Path, "machine.json");

    /// <summary>The current or last run.</summary>
    internal string RunPath => System.IO.Path.Combine(Path, "run.json");

    /// <summary>Held by the worker as long as it lives, and by whoever removes the machine.</summary>
    internal string LockPath => System.IO.Path.Combine(Path, "lock");

    /// <summary>What the worker's process writes to its standard streams.</summary>
    internal string WorkerLogPath => System.IO.Path.Combine(Path, "worker.log");

    /// <summary>The machine's events.</summary>
    internal EventLog Events => new(Path);

    internal MachineRecord? TryReadRecord() => RecordFile.TryRead(RecordPath);

    internal void WriteRecord(MachineRecord record) => RecordFile.Write(RecordPath, record);

    internal RunRecord? TryReadRun() => RunFile.TryRead(RunPath);

    /// <summary>Reads the current or last run where its loss matters little: the lock tells whether a worker lives, and the next one writes it anew.</summary>
    /// <param name="damage">What is wrong with the file, or null.</param>
    internal RunRecord? TryReadRun(out VirtException? damage)
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

    internal void WriteRun(RunRecord run) => RunFile.Write(RunPath, run);
}

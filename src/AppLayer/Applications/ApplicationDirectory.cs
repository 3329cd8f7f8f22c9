using AppLayer.Activation;
using VirtFoundation;
using VirtFoundation.Events;
using VirtFoundation.Store;

namespace AppLayer.Applications;

/// <summary>The directory of one virtual application, and the files in it.</summary>
internal sealed class ApplicationDirectory(string path)
{
    private static readonly StateFile<ApplicationRecord> RecordFile = new(ApplicationJson.Default.ApplicationRecord);
    private static readonly StateFile<ViewRecord> ViewFile = new(ViewJson.Default.ViewRecord);
    private static readonly StateFile<TemporaryRecord> TemporaryFile = new(ApplicationJson.Default.TemporaryRecord);
    private static readonly StateFile<ApplicationRunRecord> RunFile = new(ApplicationJson.Default.ApplicationRunRecord);

    internal string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Identity and spec.</summary>
    internal string RecordPath => Place("application.json");

    /// <summary>Identity and stack of an application without a name.</summary>
    internal string TemporaryPath => Place("temporary.json");

    /// <summary>The current or last run.</summary>
    internal string RunPath => Place("run.json");

    /// <summary>Held by the worker as long as it lives, and by whoever resets or removes the application.</summary>
    internal string LockPath => Place("lock");

    /// <summary>Held by who made a temporary application, as long as it is wanted.</summary>
    internal string OwnerLockPath => Place("owner");

    /// <summary>What the worker's process writes to its standard streams.</summary>
    internal string WorkerLogPath => Place("worker.log");

    /// <summary>Where the view is mounted, in the worker's mount namespace; an empty directory everywhere else.</summary>
    internal string ViewPath => Place("v");

    /// <summary>Layers with their names adjusted to what is below them, where they need it.</summary>
    internal string LayoutPath => Place("l");

    /// <summary>Temporary files of the run's own: the sockets of its wineserver.</summary>
    internal string TemporaryFilesPath => Place("t");

    /// <summary>What isolation rules let survive a reset.</summary>
    internal WritableLayer Data => new(Path, "d");

    /// <summary>What the application's programs change.</summary>
    internal WritableLayer Writable => new(Path, "w");

    /// <summary>The application's events.</summary>
    internal EventLog Events => new(Path);

    /// <summary>What a program wrote to one of its streams.</summary>
    internal string OutputPath(int program, bool isError) => Place(ProgramOutput.FileName(program, isError));

    internal ApplicationRecord? TryReadRecord() => RecordFile.TryRead(RecordPath);

    internal void WriteRecord(ApplicationRecord record) => RecordFile.Write(RecordPath, record);

    /// <summary>Reads what of the record is about the view.</summary>
    internal ViewRecord? TryReadView() => ViewFile.TryRead(RecordPath);

    internal TemporaryRecord? TryReadTemporary() => TemporaryFile.TryRead(TemporaryPath);

    internal void WriteTemporary(TemporaryRecord record) => TemporaryFile.Write(TemporaryPath, record);

    internal ApplicationRunRecord? TryReadRun() => RunFile.TryRead(RunPath);

    /// <summary>Reads the current or last run where its loss matters little: the lock tells whether a worker lives, and the next one writes it anew.</summary>
    /// <param name="damage">What is wrong with the file, or null.</param>
    internal ApplicationRunRecord? TryReadRun(out VirtException? damage)
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

    internal void WriteRun(ApplicationRunRecord run, IFileOperations? operations = null) => RunFile.Write(RunPath, run, operations);

    private string Place(string name) => System.IO.Path.Combine(Path, name);
}

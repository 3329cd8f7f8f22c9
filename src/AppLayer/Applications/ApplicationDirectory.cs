using AppLayer.Activation;
using VirtFoundation.Store;

namespace AppLayer.Applications;

/// <summary>The directory of one virtual application, and the files in it.</summary>
/// <param name="path">Where.</param>
/// <param name="operations">The file system.</param>
internal sealed class ApplicationDirectory(string path, IFileOperations? operations = null)
    : RecordDirectory<ApplicationRecord, ApplicationRunRecord>(path, "application.json", RecordFile, RunFile)
{
    private static readonly StateFile<ApplicationRecord> RecordFile = new(static () => ApplicationJson.Default.ApplicationRecord);
    private static readonly StateFile<ViewRecord> ViewFile = new(static () => ViewJson.Default.ViewRecord);
    private static readonly StateFile<TemporaryRecord> TemporaryFile = new(static () => ApplicationJson.Default.TemporaryRecord);
    private static readonly StateFile<ApplicationRunRecord> RunFile = new(static () => ApplicationJson.Default.ApplicationRunRecord);

    /// <summary>By which its layers are written.</summary>
    internal IFileOperations Operations { get; } = operations ?? FileOperations.Instance;

    /// <summary>Identity and stack of an application without a name.</summary>
    internal string TemporaryPath => Place("temporary.json");

    /// <summary>Held by who made a temporary application, as long as it is wanted.</summary>
    internal string OwnerLockPath => Place("owner");

    /// <summary>Where the view is mounted, in the worker's mount namespace; an empty directory everywhere else.</summary>
    internal string ViewPath => Place("v");

    /// <summary>Layers with their names adjusted to what is below them, where they need it.</summary>
    internal string LayoutPath => Place("l");

    /// <summary>Temporary files of the run's own: the sockets of its wineserver.</summary>
    internal string TemporaryFilesPath => Place("t");

    /// <summary>What isolation rules let survive a reset.</summary>
    internal WritableLayer Data => new(Path, "d", Operations);

    /// <summary>What the application's programs change.</summary>
    internal WritableLayer Writable => new(Path, "w", Operations);

    /// <summary>What a program wrote to one of its streams.</summary>
    internal string OutputPath(int program, bool isError) => Place(ProgramOutput.FileName(program, isError));

    /// <summary>Reads what of the record is about the view.</summary>
    internal ViewRecord? TryReadView() => ViewFile.TryRead(RecordPath);

    internal TemporaryRecord? TryReadTemporary() => TemporaryFile.TryRead(TemporaryPath);

    internal void WriteTemporary(TemporaryRecord record) => TemporaryFile.Write(TemporaryPath, record);
}

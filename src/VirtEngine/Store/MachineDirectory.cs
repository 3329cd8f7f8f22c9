using VirtFoundation.Store;

namespace VirtEngine.Store;

/// <summary>The directory of one machine and the files in it.</summary>
internal sealed class MachineDirectory(string path) : RecordDirectory<MachineRecord, RunRecord>(path, "machine.json", RecordFile, RunFile)
{
    private static readonly StateFile<MachineRecord> RecordFile = new(static () => StateJson.Default.MachineRecord);
    private static readonly StateFile<RunRecord> RunFile = new(static () => StateJson.Default.RunRecord);
}

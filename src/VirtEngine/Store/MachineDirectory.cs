using VirtFoundation.Store;

namespace VirtEngine.Store;

/// <summary>The directory of one machine and the files in it.</summary>
internal sealed class MachineDirectory(string path) : RecordDirectory<MachineRecord, RunRecord>(path, "machine.json", RecordFile, RunFile)
{
    private static readonly StateFile<MachineRecord> RecordFile = new(static () => StateJson.Default.MachineRecord);
    private static readonly StateFile<RunRecord> RunFile = new(static () => StateJson.Default.RunRecord);

    /// <summary>The socket that leads to the guest's socket device: beside the control socket, and no longer than it, which is known to fit.</summary>
    /// <param name="controlSocket">Path of the control socket.</param>
    internal static string VsockSocket(string controlSocket) => System.IO.Path.ChangeExtension(controlSocket, ".vsk");
}

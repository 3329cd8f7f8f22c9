using VirtFoundation.Store;

namespace VirtEngine.Store;

/// <summary>The directory of one switch and the files in it.</summary>
internal sealed class SwitchDirectory(string path) : RecordDirectory<SwitchRecord, RunRecord>(path, "switch.json", RecordFile, RunFile)
{
    private static readonly StateFile<SwitchRecord> RecordFile = new(static () => StateJson.Default.SwitchRecord);
    private static readonly StateFile<RunRecord> RunFile = new(static () => StateJson.Default.RunRecord);

    /// <summary>The socket that machines plug into: beside the control socket, and as its owner's alone.</summary>
    /// <param name="controlSocket">Path of the control socket.</param>
    internal static string NetworkSocket(string controlSocket) => System.IO.Path.ChangeExtension(controlSocket, ".net");
}

using VirtFoundation.Control;

namespace VirtEngine.Control;

/// <summary>The messages of a worker that owns a machine.</summary>
internal static class MachineDialect
{
    /// <summary>The dialect.</summary>
    internal static readonly ControlDialect Instance = new(MachineJson.Default.Options, new Dictionary<Type, string>
    {
        [typeof(StopRequest)] = "stop",
        [typeof(PauseRequest)] = "pause",
        [typeof(ResumeRequest)] = "resume",
        [typeof(MeasureRequest)] = "measure",
        [typeof(SetBalloonRequest)] = "setBalloon",
        [typeof(ReadConsoleRequest)] = "readConsole",
        [typeof(WriteConsoleRequest)] = "writeConsole",
        [typeof(AgentPingRequest)] = "agentPing",
        [typeof(AgentInfoRequest)] = "agentInfo",
        [typeof(AgentSystemRequest)] = "agentSystem",
        [typeof(AgentNetworkRequest)] = "agentNetwork",
        [typeof(AgentRunRequest)] = "agentRun",
        [typeof(AgentPowerRequest)] = "agentPower",
        [typeof(OpenFileRequest)] = "openFile",
        [typeof(ReadFileRequest)] = "readFile",
        [typeof(WriteFileRequest)] = "writeFile",
        [typeof(SeekFileRequest)] = "seekFile",
        [typeof(CloseFileRequest)] = "closeFile",
        [typeof(StatusReply)] = "status",
        [typeof(MeasureReply)] = "measure",
        [typeof(ConsoleReply)] = "console",
        [typeof(AgentInfoReply)] = "agentInfo",
        [typeof(AgentSystemReply)] = "agentSystem",
        [typeof(AgentNetworkReply)] = "agentNetwork",
        [typeof(AgentRunReply)] = "agentRun",
        [typeof(NumberReply)] = "number",
        [typeof(DataReply)] = "data",
    });
}

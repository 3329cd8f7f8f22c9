using VirtFoundation.Control;

namespace AppLayer.Applications.Control;

/// <summary>The messages of a worker that owns an application.</summary>
internal static class ApplicationDialect
{
    /// <summary>The dialect.</summary>
    internal static readonly ControlDialect Instance = new(ApplicationMessages.Default.Options, new Dictionary<Type, string>
    {
        [typeof(StartProgramRequest)] = "startProgram",
        [typeof(WaitProgramRequest)] = "waitProgram",
        [typeof(ReadProgramRequest)] = "readProgram",
        [typeof(StopApplicationRequest)] = "stop",
        [typeof(EndRequest)] = "end",
        [typeof(TetherRequest)] = "tether",
        [typeof(ApplicationStatusReply)] = "status",
        [typeof(ProgramStartedReply)] = "programStarted",
        [typeof(ProgramEndedReply)] = "programEnded",
        [typeof(ProgramOutputReply)] = "programOutput",
    });
}

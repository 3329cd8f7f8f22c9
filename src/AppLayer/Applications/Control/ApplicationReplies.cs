using VirtFoundation.Control;

namespace AppLayer.Applications.Control;

/// <summary>What the application is doing.</summary>
internal sealed record ApplicationStatusReply(ApplicationState State, IReadOnlyList<ProgramRecord> Programs) : ControlReply;

/// <summary>A program was started.</summary>
/// <param name="Program">The program, with its number in the run.</param>
internal sealed record ProgramStartedReply(ProgramRecord Program) : ControlReply;

/// <summary>A program ended.</summary>
internal sealed record ProgramEndedReply(int ExitCode) : ControlReply;

/// <summary>A part of what a program wrote, and where it stands.</summary>
internal sealed record ProgramOutputReply(long Offset, byte[] Data) : ControlReply;

using VirtFoundation.Control;

namespace AppLayer.Applications.Control;

/// <summary>Starts a program in the view, as soon as the view is there.</summary>
internal sealed record StartProgramRequest(ProgramStart Program) : ControlRequest;

/// <summary>Waits for a program's end.</summary>
/// <param name="Number">The program's number in the run.</param>
internal sealed record WaitProgramRequest(int Number) : ControlRequest;

/// <summary>Reads what a program wrote to one of its streams.</summary>
/// <param name="Number">The program's number in the run.</param>
/// <param name="IsError">Whether of its standard error stream.</param>
/// <param name="Offset">Where to begin, in bytes.</param>
/// <param name="Follow">Whether to go on as it writes, until it ends.</param>
internal sealed record ReadProgramRequest(int Number, bool IsError, long Offset, bool Follow) : ControlRequest;

/// <summary>Stops every program of the view.</summary>
/// <param name="TimeoutMilliseconds">How long the programs may take.</param>
/// <param name="ThenKill">Whether to kill them after that time, rather than to fail.</param>
internal sealed record StopApplicationRequest(long TimeoutMilliseconds, bool ThenKill) : ControlRequest;

/// <summary>Ends a temporary application in order, when the last of its programs has ended.</summary>
internal sealed record EndRequest : ControlRequest;

/// <summary>Ties the application's life to this connection: when it breaks, everything is killed.</summary>
internal sealed record TetherRequest : ControlRequest;

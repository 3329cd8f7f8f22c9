namespace VirtFoundation.Events;

/// <summary>The names of events. They are part of the contract and never change their meaning.</summary>
public static class EventNames
{
    /// <summary>The machine was made; detail: its name.</summary>
    public const string Created = "Created";

    /// <summary>Its spec was changed; detail: its name.</summary>
    public const string Changed = "Changed";

    /// <summary>A worker took the machine; detail: the worker's process.</summary>
    public const string WorkerStarted = "WorkerStarted";

    /// <summary>The state changed; detail: the new state, and behind a colon why.</summary>
    public const string StateChanged = "StateChanged";

    /// <summary>The guest wrote to its console for the first time in this run.</summary>
    public const string ConsoleOutput = "ConsoleOutput";

    /// <summary>The guest agent answered; detail: its version.</summary>
    public const string AgentReady = "AgentReady";

    /// <summary>The guest agent closed its port.</summary>
    public const string AgentLost = "AgentLost";

    /// <summary>Somebody asked the machine to stop; detail: how.</summary>
    public const string StopRequested = "StopRequested";

    /// <summary>The guest was asked to do without memory; detail: how much.</summary>
    public const string BalloonSet = "BalloonSet";

    /// <summary>A command was run in the guest; detail: its path and result.</summary>
    public const string CommandRun = "CommandRun";

    /// <summary>An earlier worker ended without a word; detail: what is known.</summary>
    public const string WorkerLost = "WorkerLost";

    /// <summary>A program was started in an application's view; detail: its number and name.</summary>
    public const string ProgramStarted = "ProgramStarted";

    /// <summary>A program of an application ended; detail: its number and exit code.</summary>
    public const string ProgramEnded = "ProgramEnded";

    /// <summary>What a run changed of an application's registry could not be read; the registry stays as it was before. Detail: what is wrong.</summary>
    public const string RegistryLost = "RegistryLost";

    /// <summary>Something is not as the application's spec has it; detail: what, and why.</summary>
    public const string Warning = "Warning";

    /// <summary>What an application wrote was thrown away; detail: the application's name.</summary>
    public const string Reset = "Reset";

    /// <summary>The worker ends in order; detail: the outcome.</summary>
    public const string WorkerEnded = "WorkerEnded";
}

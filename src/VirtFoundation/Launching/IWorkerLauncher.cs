namespace VirtFoundation.Launching;

/// <summary>Starts a process that outlives its shell.</summary>
internal interface IWorkerLauncher
{
    /// <summary>Starts the process.</summary>
    /// <param name="command">What to run; its standard input is empty.</param>
    /// <param name="logPath">The file that the process itself appends its standard streams to, once it runs.</param>
    /// <returns>Ends when the process ends early, as far as it can be seen, with what it said.</returns>
    /// <exception cref="VirtException">The system refuses.</exception>
    Task<string> Launch(WorkerCommand command, string logPath);
}

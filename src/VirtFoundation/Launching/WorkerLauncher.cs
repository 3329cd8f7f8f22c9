namespace VirtFoundation.Launching;

/// <summary>The launcher of this system.</summary>
internal static class WorkerLauncher
{
    internal static IWorkerLauncher ForThisSystem() => OperatingSystem.IsWindows() ? new BreakawayLauncher() : new SessionLauncher();
}

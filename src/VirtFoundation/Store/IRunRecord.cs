namespace VirtFoundation.Store;

/// <summary>The current or last run of what a worker runs.</summary>
internal interface IRunRecord
{
    /// <summary>The worker's process.</summary>
    ProcessIdentity Process { get; }

    /// <summary>When the worker took it, UTC.</summary>
    DateTime Started { get; }

    /// <summary>When the run ended, UTC; null while it lasts, or if its worker could not say.</summary>
    DateTime? Ended { get; }
}

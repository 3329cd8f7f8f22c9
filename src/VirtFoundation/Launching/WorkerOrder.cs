namespace VirtFoundation.Launching;

/// <summary>What a worker is started for.</summary>
/// <param name="Role">The worker's role, its command line's first word.</param>
/// <param name="Id">The identity of what it shall own.</param>
/// <param name="Directory">The directory of what it shall own.</param>
/// <param name="LogPath">Where it shall write what it has to say.</param>
/// <param name="StartFailed">The name of the failure if it ends before it runs.</param>
internal sealed record WorkerOrder(string Role, Guid Id, string Directory, string LogPath, VirtErrorCode StartFailed);

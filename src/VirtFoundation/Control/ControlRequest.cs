namespace VirtFoundation.Control;

/// <summary>What a client asks of a worker; each role adds its own (<see cref="ControlDialect"/>).</summary>
internal abstract record ControlRequest
{
    /// <summary>The client's number for the request, which its replies bear.</summary>
    public long Id { get; init; }
}

/// <summary>The first request: which versions the client speaks.</summary>
internal sealed record HelloRequest(int Version, int OldestVersion) : ControlRequest;

/// <summary>Gives up on a request that is under way; has no reply of its own.</summary>
internal sealed record CancelRequest(long Target) : ControlRequest;

/// <summary>What the worker's thing is doing; the answer is its own kind of reply.</summary>
internal sealed record StatusRequest : ControlRequest;

/// <summary>Reads events.</summary>
/// <param name="After">Only those with a greater number.</param>
/// <param name="Follow">Whether to go on as they happen.</param>
internal sealed record ReadEventsRequest(long After, bool Follow) : ControlRequest;

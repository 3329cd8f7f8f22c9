namespace VirtFoundation.Control;

/// <summary>A client's requests, as the owner of the thing carries them out.</summary>
internal interface IControlSession : IAsyncDisposable
{
    /// <summary>Carries out a request.</summary>
    /// <param name="request">The request; never a hello or a cancel.</param>
    /// <param name="send">Sends a reply that others follow.</param>
    /// <param name="cancellation">Cancelled when the client gives up or is gone.</param>
    /// <returns>The reply that ends the request.</returns>
    /// <exception cref="VirtException">It failed.</exception>
    Task<ControlReply> HandleAsync(ControlRequest request, Func<ControlReply, ValueTask> send, CancellationToken cancellation);
}

namespace VirtFoundation.Control;

/// <summary>
/// The protocol between a worker and its clients: over a Unix socket, frames of a 32-bit little-endian length and that many bytes of UTF-8 JSON.
/// The client speaks first, with a <see cref="HelloRequest"/>; every request has a number, and its replies bear it.
/// </summary>
internal static class ControlProtocol
{
    /// <summary>The version that this program speaks.</summary>
    internal const int Version = 1;

    /// <summary>The oldest version that this program still understands.</summary>
    internal const int OldestVersion = 1;

    /// <summary>Bytes of a frame's JSON.</summary>
    internal const int LargestFrame = 1 << 20;

    /// <summary>Bytes of content that one reply carries; in base64 it fits in a frame with room to spare.</summary>
    internal const int LargestPart = 256 << 10;

    /// <summary>Requests of one client that a worker carries out at the same time.</summary>
    internal const int MostRequests = 32;

    /// <summary>Clients that a worker serves at the same time.</summary>
    internal const int MostClients = 64;

    /// <summary>How long a peer may take to say hello.</summary>
    internal static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(10);
}

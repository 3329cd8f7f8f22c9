using System.Text.Json.Serialization;
using VirtFoundation.Events;

namespace VirtFoundation.Control;

/// <summary>What a worker answers. A request has any number of replies that carry parts, and one that ends it.</summary>
internal abstract record ControlReply
{
    /// <summary>The number of the request.</summary>
    public long Id { get; init; }

    /// <summary>Whether more replies to the request follow.</summary>
    public bool More { get; init; }
}

/// <summary>The request was carried out.</summary>
internal sealed record DoneReply : ControlReply;

/// <summary>The request failed.</summary>
internal sealed record ErrorReply(string Code, string Message) : ControlReply
{
    /// <summary>The failure as the client meets it. A newer worker's code that this program does not know keeps its message.</summary>
    internal VirtException ToException() =>
        new(Enum.TryParse<VirtErrorCode>(Code, out var code) && Enum.IsDefined(code) ? code : VirtErrorCode.InternalError, Message);

    internal static ErrorReply From(VirtException failure) => new(failure.Code.ToString(), failure.Message);
}

/// <summary>The worker's answer to hello: versions, and the identity of what it owns.</summary>
internal sealed record HelloReply(int Version, int OldestVersion, [property: JsonPropertyName("machine")] Guid Owned) : ControlReply;

/// <summary>An event.</summary>
internal sealed record EventReply(LoggedEvent Event) : ControlReply;

/// <summary>A part of what a program wrote.</summary>
internal sealed record OutputReply(bool IsError, byte[] Data) : ControlReply;

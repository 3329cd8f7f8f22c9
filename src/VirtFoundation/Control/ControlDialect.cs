using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtFoundation.Control;

/// <summary>The messages that a worker of one role understands and answers with, besides those that all roles share.</summary>
internal sealed class ControlDialect
{
    /// <summary>The messages that all roles share, alone.</summary>
    internal static readonly ControlDialect Shared = new(ControlJson.Default.Options, new Dictionary<Type, string>());

    /// <summary>Makes the dialect of a role.</summary>
    /// <param name="messages">Generated serialisers for the role's messages and what is in them, with the options that all messages are written by.</param>
    /// <param name="names">The role's requests and replies with their names on the wire, which never change their meaning.</param>
    internal ControlDialect(JsonSerializerOptions messages, IReadOnlyDictionary<Type, string> names)
    {
        var options = new JsonSerializerOptions(messages)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ControlJson.Default, messages.TypeInfoResolver),
        };
        KeyValuePair<Type, string>[] all =
        [
            new(typeof(HelloRequest), "hello"),
            new(typeof(CancelRequest), "cancel"),
            new(typeof(StatusRequest), "status"),
            new(typeof(ReadEventsRequest), "readEvents"),
            new(typeof(DoneReply), "done"),
            new(typeof(ErrorReply), "error"),
            new(typeof(HelloReply), "hello"),
            new(typeof(EventReply), "event"),
            new(typeof(OutputReply), "output"),
            .. names,
        ];
        Requests = new(options, all);
        Replies = new(options, all);
    }

    /// <summary>How requests are written.</summary>
    internal MessageFormat<ControlRequest> Requests { get; }

    /// <summary>How replies are written.</summary>
    internal MessageFormat<ControlReply> Replies { get; }
}

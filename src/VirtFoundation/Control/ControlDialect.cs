using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace VirtFoundation.Control;

/// <summary>The messages that a worker of one role understands and answers with, besides those that all roles share.</summary>
internal sealed class ControlDialect
{
    /// <summary>Makes the dialect of a role.</summary>
    /// <param name="messages">Generated serialisers for the role's messages and what is in them, with the options that all messages are written by.</param>
    /// <param name="names">The role's requests and replies with their names on the wire, which never change their meaning.</param>
    internal ControlDialect(JsonSerializerOptions messages, IReadOnlyDictionary<Type, string> names)
    {
        var options = new JsonSerializerOptions(messages)
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ControlJson.Default, messages.TypeInfoResolver).WithAddedModifier(type =>
            {
                foreach (var (message, name) in names.Where(pair => pair.Key.BaseType == type.Type))
                {
                    type.PolymorphismOptions!.DerivedTypes.Add(new(message, name));
                }
            }),
        };
        Requests = (JsonTypeInfo<ControlRequest>)options.GetTypeInfo(typeof(ControlRequest));
        Replies = (JsonTypeInfo<ControlReply>)options.GetTypeInfo(typeof(ControlReply));
    }

    /// <summary>How requests are written.</summary>
    internal JsonTypeInfo<ControlRequest> Requests { get; }

    /// <summary>How replies are written.</summary>
    internal JsonTypeInfo<ControlReply> Replies { get; }
}

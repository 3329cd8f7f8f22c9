namespace VirtEngine.GuestAgent;

/// <summary>A command of the guest agent's protocol, ready to send.</summary>
/// <param name="Name">Its name, such as <c>guest-ping</c>.</param>
/// <param name="Arguments">Its arguments as a JSON object, or empty for none.</param>
/// <param name="Repeatable">Whether carrying it out twice is the same as once.</param>
internal readonly record struct AgentCommand(string Name, ReadOnlyMemory<byte> Arguments, bool Repeatable);

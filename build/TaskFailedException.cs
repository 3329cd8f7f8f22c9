namespace VirtTools.Build;

/// <summary>A task cannot go on; the message is all that its user needs.</summary>
internal sealed class TaskFailedException(string message) : Exception(message);

namespace System.Management.Automation;

public class SessionStateException : RuntimeException
{
    public SessionStateException() { }

    public SessionStateException(string? message) : base(message) { }

    public SessionStateException(string? message, Exception? innerException) : base(message, innerException) { }

    internal SessionStateException(string message, string errorId, ErrorCategory category, object? target)
        : base(message, null, errorId, category, target) { }
}

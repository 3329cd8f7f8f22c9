namespace System.Management.Automation;

public class ItemNotFoundException : SessionStateException
{
    public ItemNotFoundException() { }

    public ItemNotFoundException(string? message) : base(message) { }

    public ItemNotFoundException(string? message, Exception? innerException) : base(message, innerException) { }

    internal ItemNotFoundException(string path, string message) : base(message, "PathNotFound", ErrorCategory.ObjectNotFound, path) { }
}

namespace System.Management.Automation;

public class PSInvalidOperationException : InvalidOperationException, IContainsErrorRecord
{
    private ErrorRecord? _record;

    public PSInvalidOperationException() { }

    public PSInvalidOperationException(string? message) : base(message) { }

    public PSInvalidOperationException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => _record ??= new ErrorRecord(this, "InvalidOperation", ErrorCategory.InvalidOperation, null);
}

namespace System.Management.Automation;

public class PSInvalidOperationException : InvalidOperationException, IContainsErrorRecord
{
    private ErrorRecord? record;

    public PSInvalidOperationException() { }

    public PSInvalidOperationException(string? message) : base(message) { }

    public PSInvalidOperationException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => record ??= new ErrorRecord(this, "InvalidOperation", ErrorCategory.InvalidOperation, null);
}

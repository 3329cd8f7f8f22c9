namespace System.Management.Automation;

public class PSInvalidCastException : InvalidCastException, IContainsErrorRecord
{
    private ErrorRecord? record;

    public PSInvalidCastException() { }

    public PSInvalidCastException(string? message) : base(message) { }

    public PSInvalidCastException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => record ??= new ErrorRecord(this, "PSInvalidCastException", ErrorCategory.InvalidArgument, null);
}

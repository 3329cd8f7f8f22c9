namespace System.Management.Automation;

public class PSInvalidCastException : InvalidCastException, IContainsErrorRecord
{
    private ErrorRecord? _record;

    public PSInvalidCastException() { }

    public PSInvalidCastException(string? message) : base(message) { }

    public PSInvalidCastException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => _record ??= new ErrorRecord(this, "PSInvalidCastException", ErrorCategory.InvalidArgument, null);
}

namespace System.Management.Automation;

public class PSNotSupportedException : NotSupportedException, IContainsErrorRecord
{
    private ErrorRecord? _record;

    public PSNotSupportedException() { }

    public PSNotSupportedException(string? message) : base(message) { }

    public PSNotSupportedException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => _record ??= new ErrorRecord(this, "NotSupported", ErrorCategory.NotImplemented, null);
}

namespace System.Management.Automation;

public class PSArgumentException : ArgumentException, IContainsErrorRecord
{
    private ErrorRecord? record;

    public PSArgumentException() { }

    public PSArgumentException(string? message) : base(message) { }

    public PSArgumentException(string? message, string? paramName) : base(message, paramName) { }

    public PSArgumentException(string? message, Exception? innerException) : base(message, innerException) { }

    public ErrorRecord ErrorRecord => record ??= new ErrorRecord(this, "Argument", ErrorCategory.InvalidArgument, null);
}

namespace System.Management.Automation;

public class RuntimeException : Exception, IContainsErrorRecord
{
    private ErrorRecord? record;
    private readonly string errorId = "RuntimeException";
    private readonly ErrorCategory category;
    private readonly object? target;

    public RuntimeException() { }

    public RuntimeException(string? message) : base(message) { }

    public RuntimeException(string? message, Exception? innerException) : base(message, innerException) { }

    public RuntimeException(string? message, Exception? innerException, ErrorRecord? errorRecord)
        : base(message, innerException) => record = errorRecord;

    internal RuntimeException(string? message, Exception? innerException, string errorId, ErrorCategory category, object? target = null)
        : base(message, innerException)
    {
        this.errorId = errorId;
        this.category = category;
        this.target = target;
    }

    public virtual ErrorRecord ErrorRecord => record ??= new ErrorRecord(this, errorId, category, target);
    public bool WasThrownFromThrowStatement { get; set; }
}

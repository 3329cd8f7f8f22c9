namespace System.Management.Automation;

public class RuntimeException : Exception, IContainsErrorRecord
{
    private ErrorRecord? _record;
    private readonly string _errorId = "RuntimeException";
    private readonly ErrorCategory _category;
    private readonly object? _target;

    public RuntimeException() { }

    public RuntimeException(string? message) : base(message) { }

    public RuntimeException(string? message, Exception? innerException) : base(message, innerException) { }

    public RuntimeException(string? message, Exception? innerException, ErrorRecord? errorRecord)
        : base(message, innerException) => _record = errorRecord;

    internal RuntimeException(string? message, Exception? innerException, string errorId, ErrorCategory category, object? target = null)
        : base(message, innerException)
    {
        _errorId = errorId;
        _category = category;
        _target = target;
    }

    public virtual ErrorRecord ErrorRecord => _record ??= new ErrorRecord(this, _errorId, _category, _target);
    public bool WasThrownFromThrowStatement { get; set; }
}

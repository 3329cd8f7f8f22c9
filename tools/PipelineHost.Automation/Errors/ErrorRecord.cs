namespace System.Management.Automation;

public class ErrorRecord
{
    private readonly string _errorId;
    private ErrorCategoryInfo? _categoryInfo;

    public ErrorRecord(Exception exception, string? errorId, ErrorCategory errorCategory, object? targetObject)
    {
        ArgumentNullException.ThrowIfNull(exception);
        Exception = exception;
        _errorId = errorId ?? "";
        CategoryValue = errorCategory;
        TargetObject = targetObject;
    }

    public ErrorRecord(ErrorRecord errorRecord, Exception? replaceParentContainsErrorRecordException)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        bool placeholder = errorRecord.Exception is ParentContainsErrorRecordException
            && replaceParentContainsErrorRecordException is not null;
        Exception = placeholder ? replaceParentContainsErrorRecordException! : errorRecord.Exception;
        _errorId = errorRecord._errorId;
        CategoryValue = errorRecord.CategoryValue;
        TargetObject = errorRecord.TargetObject;
        ErrorDetails = errorRecord.ErrorDetails;
        InvocationInfo = errorRecord.InvocationInfo;
    }

    public Exception Exception { get; }
    public object? TargetObject { get; private set; }
    public ErrorCategoryInfo CategoryInfo => _categoryInfo ??= new ErrorCategoryInfo(this);
    public ErrorDetails? ErrorDetails { get; set; }
    public InvocationInfo? InvocationInfo { get; private set; }
    public string? ScriptStackTrace => null;

    public string FullyQualifiedErrorId =>
        InvocationInfo?.MyCommand is CmdletInfo { ImplementingType.FullName: { } type } ? _errorId + "," + type : _errorId;

    internal ErrorCategory CategoryValue { get; }

    internal void SetInvocationInfo(InvocationInfo invocation) => InvocationInfo ??= invocation;

    /// <summary>Where the error came from, for errors of no command.</summary>
    internal string? PositionMessage { get => InvocationInfo?.PositionMessage ?? field; private set; }

    internal void SetPosition(string message) => PositionMessage = message;

    internal void SetTargetObject(object? target) => TargetObject = target;

    public override string ToString() => ErrorDetails is { Message.Length: > 0 } details ? details.Message : Exception.Message;
}

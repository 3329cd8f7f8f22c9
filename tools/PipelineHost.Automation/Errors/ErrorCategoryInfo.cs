namespace System.Management.Automation;

public class ErrorCategoryInfo
{
    private readonly ErrorRecord _record;
    private string? _activity;
    private string? _reason;
    private string? _targetName;
    private string? _targetType;

    internal ErrorCategoryInfo(ErrorRecord record) => _record = record;

    public ErrorCategory Category => _record.CategoryValue;
    public string Activity { get => _activity ?? _record.InvocationInfo?.MyCommand?.Name ?? ""; set => _activity = value; }
    public string Reason { get => _reason ?? _record.Exception.GetType().Name; set => _reason = value; }
    public string TargetName { get => _targetName ?? PSObject.ToStringInvariant(_record.TargetObject); set => _targetName = value; }
    public string TargetType { get => _targetType ?? PSObject.Base(_record.TargetObject)?.GetType().Name ?? ""; set => _targetType = value; }

    public string GetMessage() => $"{Category}: ({TargetName}:{TargetType}) [{Activity}], {Reason}";

    public override string ToString() => GetMessage();
}

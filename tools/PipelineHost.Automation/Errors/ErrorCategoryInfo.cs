namespace System.Management.Automation;

public class ErrorCategoryInfo
{
    private readonly ErrorRecord record;
    private string? activity;
    private string? reason;
    private string? targetName;
    private string? targetType;

    internal ErrorCategoryInfo(ErrorRecord record) => this.record = record;

    public ErrorCategory Category => record.CategoryValue;
    public string Activity { get => activity ?? record.InvocationInfo?.MyCommand?.Name ?? ""; set => activity = value; }
    public string Reason { get => reason ?? record.Exception.GetType().Name; set => reason = value; }
    public string TargetName { get => targetName ?? PSObject.ToStringInvariant(record.TargetObject); set => targetName = value; }
    public string TargetType { get => targetType ?? PSObject.Base(record.TargetObject)?.GetType().Name ?? ""; set => targetType = value; }

    public string GetMessage() => $"{Category}: ({TargetName}:{TargetType}) [{Activity}], {Reason}";

    public override string ToString() => GetMessage();
}

namespace System.Management.Automation;

public class ErrorDetails(string message)
{
    public string Message { get; } = message;
    public string RecommendedAction { get; set; } = "";

    public override string ToString() => Message;
}

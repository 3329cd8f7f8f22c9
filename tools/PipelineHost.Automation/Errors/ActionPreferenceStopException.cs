namespace System.Management.Automation;

public class ActionPreferenceStopException : RuntimeException
{
    public ActionPreferenceStopException() { }

    public ActionPreferenceStopException(string? message) : base(message) { }

    public ActionPreferenceStopException(string? message, Exception? innerException) : base(message, innerException) { }

    internal ActionPreferenceStopException(string message, ErrorRecord record) : base(message, null, record) { }
}

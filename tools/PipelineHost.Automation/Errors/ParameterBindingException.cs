namespace System.Management.Automation;

public class ParameterBindingException : RuntimeException
{
    public ParameterBindingException() { }

    public ParameterBindingException(string? message) : base(message) { }

    public ParameterBindingException(string? message, Exception? innerException) : base(message, innerException) { }

    internal ParameterBindingException(string message, string errorId, ErrorCategory category, string? parameterName, InvocationInfo? invocation,
        Exception? innerException = null) : base(message, innerException, errorId, category)
    {
        ErrorId = errorId;
        ParameterName = parameterName ?? "";
        CommandInvocation = invocation;
        if (invocation is not null) ErrorRecord.SetInvocationInfo(invocation);
    }

    public string ErrorId { get; } = "";
    public string ParameterName { get; } = "";
    public InvocationInfo? CommandInvocation { get; }
}

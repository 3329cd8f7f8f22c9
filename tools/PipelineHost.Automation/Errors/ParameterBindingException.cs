namespace System.Management.Automation;

public class ParameterBindingException : RuntimeException
{
    public ParameterBindingException() { }

    public ParameterBindingException(string? message) : base(message) { }

    public ParameterBindingException(string? message, Exception? innerException) : base(message, innerException) { }

    internal ParameterBindingException(string message, string errorId, ErrorCategory category, string? parameterName,
        InvocationInfo? invocation,
        Exception? innerException = null) : base(message, innerException, errorId, category)
    {
        ErrorId = errorId;
        ParameterName = parameterName ?? "";
        CommandInvocation = invocation;
        if (invocation is not null) ErrorRecord.SetInvocationInfo(invocation);
    }

    /// <summary>The value doesn't fit this parameter; another one may take it. Not so where a value that fits was found bad.</summary>
    internal virtual bool MayFitElsewhere => true;

    public string ErrorId { get; } = "";
    public string ParameterName { get; } = "";
    public InvocationInfo? CommandInvocation { get; }
}

namespace System.Management.Automation;

internal sealed class ParameterBindingValidationException(string message, string errorId, string? parameterName, InvocationInfo? invocation,
    Exception? innerException = null)
    : ParameterBindingException(message, errorId, ErrorCategory.InvalidData, parameterName, invocation, innerException)
{
    internal override bool MayFitElsewhere => false;
}

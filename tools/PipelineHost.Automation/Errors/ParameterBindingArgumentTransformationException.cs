namespace System.Management.Automation;

internal sealed class ParameterBindingArgumentTransformationException(string message, string errorId, string? parameterName,
    InvocationInfo? invocation, Exception? innerException)
    : ParameterBindingException(message, errorId, ErrorCategory.InvalidData, parameterName, invocation, innerException)
{
    internal override bool MayFitElsewhere => false;
}

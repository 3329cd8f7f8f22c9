using System.Text.RegularExpressions;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ValidatePatternAttribute(string regexPattern) : ValidateEnumeratedArgumentsAttribute
{
    public string RegexPattern { get; } = regexPattern;
    public RegexOptions Options { get; set; } = RegexOptions.IgnoreCase;

    protected override void ValidateElement(object element)
    {
        string text = PSObject.ToStringInvariant(element);
        if (Regex.IsMatch(text, RegexPattern, Options, TimeSpan.FromSeconds(10))) return;
        throw new ValidationMetadataException("ValidatePatternFailure",
            $"The argument \"{text}\" does not match the \"{RegexPattern}\" pattern. "
            + $"Supply an argument that matches \"{RegexPattern}\" and try the command again.");
    }
}

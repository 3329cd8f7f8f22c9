namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ValidateRangeAttribute : ValidateEnumeratedArgumentsAttribute
{
    public ValidateRangeAttribute(object minRange, object maxRange)
    {
        MinRange = minRange;
        MaxRange = maxRange;
    }

    public object MinRange { get; }
    public object MaxRange { get; }

    protected override void ValidateElement(object element)
    {
        Type type = MinRange.GetType();
        if (!LanguagePrimitives.TryConvertTo(element, type, out object? converted))
            throw new ValidationMetadataException("ValidationRangeElementType", $"Cannot compare {element} with the range of type {type}.");
        element = converted!;
        string shown = PSObject.ToStringInvariant(element);
        if (((IComparable)MinRange).CompareTo(element) > 0)
            throw new ValidationMetadataException("ValidateRangeTooSmall",
                $"The {shown} argument is less than the minimum allowed range of {PSObject.ToStringInvariant(MinRange)}. "
                + $"Supply an argument that is greater than or equal to {PSObject.ToStringInvariant(MinRange)} and then try the "
                + $"command again.");
        if (((IComparable)MaxRange).CompareTo(element) < 0)
            throw new ValidationMetadataException("ValidateRangeTooLarge",
                $"The {shown} argument is greater than the maximum allowed range of {PSObject.ToStringInvariant(MaxRange)}. "
                + $"Supply an argument that is less than or equal to {PSObject.ToStringInvariant(MaxRange)} and then try the "
                + $"command again.");
    }
}

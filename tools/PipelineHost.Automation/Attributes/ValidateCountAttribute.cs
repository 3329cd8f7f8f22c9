using System.Collections;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ValidateCountAttribute(int minLength, int maxLength) : ValidateArgumentsAttribute
{
    public int MinLength { get; } = minLength;
    public int MaxLength { get; } = maxLength;

    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        object? value = PSObject.Base(arguments);
        int count = value switch
        {
            null => 0,
            ICollection list => list.Count,
            IEnumerable list when value is not string => list.Cast<object?>().Count(),
            _ => throw new ValidationMetadataException("NotAnArrayParameter", "The ValidateCount attribute needs a collection."),
        };
        if (count < MinLength || count > MaxLength)
            throw new ValidationMetadataException("ValidateCountFailure",
                $"The parameter requires at least {MinLength} value(s) and no more than {MaxLength} value(s) - {count} value(s) "
                    + $"were provided.");
    }
}

using System.Collections;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ValidateNotNullAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        object? value = PSObject.Base(arguments);
        if (value is null)
            throw new ValidationMetadataException("ArgumentIsNull",
                "The argument is null. Provide a valid value for the argument, and then try running the command again.");
        if (value is IEnumerable list and not string and not IDictionary && list.Cast<object?>().Any(i => PSObject.Base(i) is null))
            throw new ValidationMetadataException("ArgumentCollectionContainsNull",
                "The argument collection contains a null value. Supply a collection that does not contain any null values.");
    }
}

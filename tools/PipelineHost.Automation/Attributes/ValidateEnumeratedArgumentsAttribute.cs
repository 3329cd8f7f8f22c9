using System.Collections;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public abstract class ValidateEnumeratedArgumentsAttribute : ValidateArgumentsAttribute
{
    private const string NullOrEmpty = "The argument is null, empty, or an element of the argument collection contains a null value. "
        + "Supply a collection that does not contain any null values and then try the command again.";

    protected abstract void ValidateElement(object element);

    protected sealed override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        object? value = PSObject.Base(arguments);
        if (value is null) throw new ValidationMetadataException("ArgumentIsEmpty", NullOrEmpty);
        if (value is string || value is IDictionary || value is not IEnumerable list)
        {
            ValidateElement(value);
            return;
        }
        foreach (object? element in list)
        {
            if (PSObject.Base(element) is not { } item) throw new ValidationMetadataException("ArgumentIsEmpty", NullOrEmpty);
            ValidateElement(item);
        }
    }
}

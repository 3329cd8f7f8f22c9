using System.Collections;

namespace System.Management.Automation;

[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ValidateNotNullOrEmptyAttribute : ValidateArgumentsAttribute
{
    protected override void Validate(object? arguments, EngineIntrinsics engineIntrinsics)
    {
        switch (PSObject.Base(arguments))
        {
            case null or "":
                throw new ValidationMetadataException("ArgumentIsNullOrEmpty",
                    "The argument is null or empty. Provide an argument that is not "
                    + "null or empty, and then try the command again.");
            case IDictionary map:
                if (map.Count == 0) throw Collection();
                break;
            case IEnumerable list and not string:
                bool any = false;
                foreach (object? item in list)
                {
                    if (PSObject.Base(item) is null or "") throw Collection();
                    any = true;
                }
                if (!any) throw Collection();
                break;
        }
    }

    private static ValidationMetadataException Collection() => new("ArgumentCollectionContainsNull",
        "The argument is null, empty, or an element of the argument collection contains a null value. "
        + "Supply a collection that does not contain any null values and then try the command again.");
}

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;

namespace PipelineHost.Binding;

/// <summary>Fits an argument to a parameter's type, as PowerShell's binder does: stricter than the language's own conversion.</summary>
internal static class ArgumentConversion
{
    /// <summary>Converts; fails with the ids CannotConvertArgument or CannotConvertArgumentNoMessage.</summary>
    public static object? Coerce(CommandParameter parameter, object? value, InvocationInfo invocation)
    {
        try
        {
            return Coerce(parameter, parameter.Type, parameter.Collection, parameter.ElementType, value, invocation);
        }
        catch (NotSupportedException e)
        {
            throw new ParameterBindingException(
                $"Cannot convert '{value?.GetType()}' to the type '{parameter.Type}' required by parameter '{parameter.Name}'. {e.Message}",
                "CannotConvertArgument", ErrorCategory.InvalidArgument, parameter.Name, invocation, e);
        }
        catch (PSInvalidCastException e)
        {
            throw new ParameterBindingException($"Cannot bind parameter '{parameter.Name}'. {e.Message}", "CannotConvertArgumentNoMessage",
                ErrorCategory.InvalidArgument, parameter.Name, invocation, e);
        }
    }

    /// <summary>Whether the value fits as it is; it may be taken out of its wrapper or put into a collection.</summary>
    public static bool Fits(CommandParameter parameter, ref object? value)
    {
        if (value is null)
            return parameter.Type != typeof(bool)
            && (!parameter.Type.IsValueType || Nullable.GetUnderlyingType(parameter.Type) is not null);
        if (value is PSObject { TokenText: not null } number) value = number.BaseObject;
        if (parameter.Type.IsInstanceOfType(value)) return true;
        if (value is PSObject { BaseObject: not PSCustomObject } shell)
        {
            value = shell.BaseObject;
            if (parameter.Type.IsInstanceOfType(value)) return true;
        }
        if (parameter.Collection == CollectionKind.None) return false;
        Type? element = parameter.ElementType;
        IEnumerable<object?> items = value is IList list ? list.Cast<object?>().Select(PSObject.Base) : [value];
        if (element is not null && items.Any(i => i is not null && i.GetType() != element && !i.GetType().IsSubclassOf(element)))
            return false;
        value = Fill(parameter.Type, parameter.Collection, element, [.. items]);
        return true;
    }

    private static object? Coerce(CommandParameter parameter, Type type, CollectionKind collection, Type? element, object? value,
        InvocationInfo invocation)
    {
        if (value is null)
        {
            if (type == typeof(bool))
                throw new ParameterBindingException($"Cannot bind argument to parameter '{parameter.Name}' because it is null.",
                    "ParameterArgumentValidationErrorNullNotAllowed", ErrorCategory.InvalidArgument, parameter.Name, invocation);
            return type == typeof(SwitchParameter) ? SwitchParameter.Present : null;
        }
        if (value is PSObject { TokenText: not null } number && type.IsAssignableFrom(typeof(PSObject)))
            return type == typeof(PSObject) ? new PSObject(number.BaseObject) : number.BaseObject;
        if (type.IsInstanceOfType(value)) return value;
        if (type == typeof(PSObject)) return new PSObject(value);

        object bare = PSObject.Base(value)!;
        if (type == typeof(bool) || type == typeof(bool?) || type == typeof(SwitchParameter))
        {
            bool truth = bare switch
            {
                bool b => b,
                SwitchParameter s => s.IsPresent,
                _ when LanguagePrimitives.IsNumeric(bare.GetType()) => Convert.ToDouble(bare, CultureInfo.InvariantCulture) != 0,
                _ => throw new ParameterBindingException($"Cannot convert '{bare.GetType()}' to the type '{type}' required by "
                    + $"parameter '{parameter.Name}'. "
                    + "Boolean parameters accept only Boolean values and numbers, such as $True, $False, 1 or 0.",
                    "CannotConvertArgument", ErrorCategory.InvalidArgument, parameter.Name, invocation),
            };
            return type == typeof(SwitchParameter) ? new SwitchParameter(truth) : truth;
        }
        if (type.IsInstanceOfType(bare)) return bare;
        if (collection is not CollectionKind.None)
        {
            List<object?> items = bare is IList list ? [.. list.Cast<object?>()] : [value];
            for (int i = 0; i < items.Count; i++)
                items[i] = element is null
                    ? PSObject.Base(items[i])
                    : Coerce(parameter, element, CollectionKind.None, null, items[i], invocation);
            return Fill(type, collection, element, items);
        }
        if (bare is IList && type != typeof(object) && !type.IsEnum && !(type.IsArray && parameter.Type != type))
            throw new NotSupportedException();
        return LanguagePrimitives.ConvertTo(value, type);
    }

    private static object Fill(Type type, CollectionKind kind, Type? element, List<object?> items)
    {
        if (kind == CollectionKind.Array)
        {
            var array = Array.CreateInstance(element!, items.Count);
            for (int i = 0; i < items.Count; i++) array.SetValue(items[i], i);
            return array;
        }
        if (type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is null)
            throw new PSInvalidCastException($"Cannot convert the value to type \"{type}\": it cannot be created.");
        object made = Activator.CreateInstance(type)!;
        MethodInfo? add = kind == CollectionKind.List ? null : typeof(ICollection<>).MakeGenericType(element!).GetMethod("Add");
        foreach (object? item in items)
        {
            if (add is null) ((IList)made).Add(item);
            else add.Invoke(made, [item]);
        }
        return made;
    }
}

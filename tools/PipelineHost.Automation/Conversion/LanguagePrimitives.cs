using System.Collections;
using System.Globalization;
using System.Management.Automation.Internal;
using System.Numerics;
using System.Reflection;

namespace System.Management.Automation;

/// <summary>Conversion, comparison and truth as PowerShell's language has them. Culture: invariant.</summary>
public static class LanguagePrimitives
{
    private static readonly HashSet<Type> Numeric =
    [
        typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(decimal), typeof(BigInteger),
    ];

    public static object? ConvertTo(object? valueToConvert, Type resultType) =>
        ConvertTo(valueToConvert, resultType, CultureInfo.InvariantCulture);

    public static object? ConvertTo(object? valueToConvert, Type resultType, IFormatProvider formatProvider)
    {
        ArgumentNullException.ThrowIfNull(resultType);
        if (ReferenceEquals(valueToConvert, AutomationNull.Value)) valueToConvert = null;
        if (Nullable.GetUnderlyingType(resultType) is { } underlying)
            return valueToConvert is null ? null : ConvertTo(valueToConvert, underlying);
        if (valueToConvert is null) return FromNull(resultType);
        if (resultType == typeof(PSObject)) return valueToConvert is PSObject ready ? ready : new PSObject(valueToConvert);
        if (resultType.IsInstanceOfType(valueToConvert)) return valueToConvert;

        object value = PSObject.Base(valueToConvert)!;
        if (resultType.IsInstanceOfType(value)) return value;
        string? token = (valueToConvert as PSObject)?.TokenText;
        try
        {
            return Convert(valueToConvert, value, token, resultType)
                ?? throw new PSInvalidCastException(
                    $"Cannot convert the \"{PSObject.ToStringInvariant(valueToConvert)}\" value of type \"{value.GetType()}\" to "
                        + $"type \"{resultType}\".");
        }
        catch (PSInvalidCastException)
        {
            throw;
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidCastException or ArgumentException
            or TargetInvocationException or RuntimeException or MissingMethodException or MemberAccessException)
        {
            Exception inner = e is TargetInvocationException { InnerException: { } thrown } ? thrown : e;
            throw new PSInvalidCastException(
                $"Cannot convert value \"{PSObject.ToStringInvariant(valueToConvert)}\" to type \"{resultType}\". Error: "
                    + $"\"{inner.Message}\"", inner);
        }
    }

    public static T? ConvertTo<T>(object? valueToConvert) => (T?)ConvertTo(valueToConvert, typeof(T));

    public static bool TryConvertTo(object? valueToConvert, Type resultType, out object? result)
    {
        try
        {
            result = ConvertTo(valueToConvert, resultType);
            return true;
        }
        catch (PSInvalidCastException)
        {
            result = null;
            return false;
        }
    }

    public static bool TryConvertTo<T>(object? valueToConvert, out T? result)
    {
        bool done = TryConvertTo(valueToConvert, typeof(T), out object? converted);
        result = done ? (T?)converted : default;
        return done;
    }

    public static bool IsTrue(object? obj) => PSObject.Base(obj) switch
    {
        null => false,
        bool b => b,
        string s => s.Length > 0,
        SwitchParameter s => s.IsPresent,
        char c => c != 0,
        BigInteger b => !b.IsZero,
        { } number when IsNumeric(number.GetType()) => System.Convert.ToDouble(number, CultureInfo.InvariantCulture) != 0,
        IList { Count: 0 } => false,
        IList { Count: 1 } list => PSObject.Base(list[0]) is IList inner ? inner.Count > 0 : IsTrue(list[0]),
        _ => true,
    };

    public static new bool Equals(object? first, object? second) => Equals(first, second, false);

    public static bool Equals(object? first, object? second, bool ignoreCase)
    {
        object? a = PSObject.Base(first), b = PSObject.Base(second);
        if (a is null || b is null) return a is null && b is null;
        if (a is string text) return string.Equals(text, PSObject.ToStringInvariant(second), Ordinal(ignoreCase));
        if (a.Equals(b)) return true;
        if (IsNumeric(a.GetType()) && IsNumeric(b.GetType())) return CompareNumbers(a, b) == 0;
        if (a is PSObject || !TryConvertTo(second, a.GetType(), out object? converted)) return false;
        return a is char x && converted is char y && ignoreCase
            ? char.ToUpperInvariant(x) == char.ToUpperInvariant(y)
            : a.Equals(converted);
    }

    public static int Compare(object? first, object? second) => Compare(first, second, false);

    public static int Compare(object? first, object? second, bool ignoreCase)
    {
        object? a = PSObject.Base(first), b = PSObject.Base(second);
        if (a is null) return b is null ? 0 : IsNumeric(b.GetType()) && CompareNumbers(0, b) > 0 ? 1 : -1;
        if (b is null) return IsNumeric(a.GetType()) && CompareNumbers(a, 0) < 0 ? -1 : 1;
        if (a is string text)
            return CultureInfo.InvariantCulture.CompareInfo.Compare(text, PSObject.ToStringInvariant(second), ignoreCase
                ? CompareOptions.IgnoreCase
                : CompareOptions.None);
        if (IsNumeric(a.GetType()) && IsNumeric(b.GetType())) return CompareNumbers(a, b);
        object? converted = b.GetType() == a.GetType() ? b : ConvertTo(second, a.GetType());
        if (IsNumeric(a.GetType()) && b is string && a is not double && TryConvertTo(b, typeof(double), out object? real))
            return CompareNumbers(a, real!);
        if (a.Equals(converted)) return 0;
        return a is IComparable comparable
            ? comparable.CompareTo(converted)
            : throw new ArgumentException($"Cannot compare \"{PSObject.ToStringInvariant(a)}\" because it is not IComparable.");
    }

    public static IEnumerable? GetEnumerable(object? obj) => PSObject.Base(obj) is { } value && IsEnumerable(value)
        ? (IEnumerable)value
        : null;

    public static IEnumerator? GetEnumerator(object? obj) => GetEnumerable(obj)?.GetEnumerator();

    /// <summary>What a pipeline takes apart: sequences, but not text, dictionaries or XML.</summary>
    internal static bool IsEnumerable(object? value) =>
        PSObject.Base(value) is IEnumerable and not string and not IDictionary and not System.Xml.XmlNode
        && !Array.Exists(PSObject.Base(value)!.GetType().GetInterfaces(), i => i.IsGenericType
            && i.GetGenericTypeDefinition() == typeof(IDictionary<,>));

    internal static bool IsNumeric(Type type) => Numeric.Contains(type);

    private static StringComparison Ordinal(bool ignoreCase) => ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private static int CompareNumbers(object a, object b)
    {
        if (a is double or float || b is double or float) return ToDouble(a).CompareTo(ToDouble(b));
        if (a is BigInteger || b is BigInteger) return ToBig(a).CompareTo(ToBig(b));
        return System.Convert.ToDecimal(a, CultureInfo.InvariantCulture)
            .CompareTo(System.Convert.ToDecimal(b, CultureInfo.InvariantCulture));
    }

    private static double ToDouble(object value) => value is BigInteger big
        ? (double)big
        : System.Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static BigInteger ToBig(object value) =>
        value is BigInteger big ? big : new BigInteger(System.Convert.ToDecimal(value, CultureInfo.InvariantCulture));

    private static object? FromNull(Type type)
    {
        if (type == typeof(string)) return "";
        if (type == typeof(bool)) return false;
        if (type == typeof(SwitchParameter)) return new SwitchParameter(false);
        if (IsNumeric(type) || type == typeof(char)) return Activator.CreateInstance(type);
        if (!type.IsValueType) return null;
        throw new PSInvalidCastException($"Cannot convert null to type \"{type}\".");
    }

    /// <summary>The converted value, or null where no conversion is known.</summary>
    private static object? Convert(object original, object value, string? token, Type type)
    {
        Type from = value.GetType();
        if (type == typeof(string)) return value is char c ? c.ToString() : PSObject.ToStringInvariant(original);
        if (type == typeof(bool)) return IsTrue(value);
        if (type == typeof(SwitchParameter)) return new SwitchParameter(IsTrue(value));
        if (type.IsArray) return ToArray(original, type.GetElementType()!);
        if (type == typeof(ArrayList)) return new ArrayList((ICollection)ToArray(original, typeof(object)));
        if (type.IsEnum)
        {
            if (value is string name) return EnumConversion.FromText(name, type);
            if (value is IList list)
                return EnumConversion.FromText(string.Join(',', list.Cast<object?>().Select(i => PSObject.ToStringInvariant(i))), type);
            return IsNumeric(from) && value is not (float or double or decimal or BigInteger)
                ? EnumConversion.FromNumber(value, type)
                : null;
        }
        if (value is string text) return FromText(text, type);
        if (IsNumeric(type) || type == typeof(char))
        {
            if (value is BigInteger big && type != typeof(BigInteger))
                return type == typeof(double) ? (double)big : System.Convert.ChangeType((decimal)big, type, CultureInfo.InvariantCulture);
            if (type == typeof(BigInteger))
                return value is double or float ? new BigInteger(ToDouble(value)) : IsNumeric(from) ? ToBig(value) : null;
            if (value is Enum) return System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
            if (type == typeof(char) && IsNumeric(from)) return (char)System.Convert.ToUInt16(value, CultureInfo.InvariantCulture);
            return IsNumeric(from) || value is bool or char ? System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : null;
        }
        if (value is IDictionary map && type.GetConstructor([typeof(IDictionary)]) is null && type.GetConstructor([from]) is null)
            return typeof(IDictionary).IsAssignableFrom(type)
                ? null
                : FromProperties(map.Cast<DictionaryEntry>().Select(e => (PSObject.ToStringInvariant(e.Key), e.Value)), type);
        if (value is PSObject bag)
            return typeof(IDictionary).IsAssignableFrom(type) || type.IsPrimitive
                ? throw new InvalidCastException($"Cannot convert the {nameof(PSCustomObject)} to {type}.")
                : FromProperties(bag.Properties.Select(p => (p.Name, p.Value)), type);

        if (FromConstructor(value, from, type) is { } constructed) return constructed;
        if (FromCast(value, from, type) is { } cast) return cast;
        if (IsNumeric(from)) return FromText(token ?? PSObject.ToStringInvariant(value), type);
        return null;
    }

    private static object? FromText(string text, Type type)
    {
        if (type == typeof(char)) return text.Length == 1 ? text[0] :
            throw new FormatException("String must be exactly one character long.");
        if (IsNumeric(type)) return ToNumber(text, type);
        if (type == typeof(Uri)) return new Uri(text, UriKind.RelativeOrAbsolute);
        if (type == typeof(Type)) return TypeNames.Find(text);
        if (typeof(Delegate).IsAssignableFrom(type) || type.IsInterface || type.IsAbstract) return null;
        const BindingFlags Static = BindingFlags.Public | BindingFlags.Static;
        if (type.GetMethod("Parse", Static, [typeof(string), typeof(IFormatProvider)]) is { } parse
            && type.IsAssignableFrom(parse.ReturnType))
            return parse.Invoke(null, [text, CultureInfo.InvariantCulture]);
        if (type.GetMethod("Parse", Static, [typeof(string)]) is { } simple && type.IsAssignableFrom(simple.ReturnType))
            return simple.Invoke(null, [text]);
        return FromConstructor(text, typeof(string), type) ?? FromCast(text, typeof(string), type);
    }

    /// <summary>Text as PowerShell reads it: the type's own form, a literal of the language, or a real number that is rounded.</summary>
    private static object ToNumber(string text, Type type)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0) return Activator.CreateInstance(type)!;
        if (ToReal(trimmed, type) is { } own) return own;
        if (type != typeof(BigInteger)
            && BigInteger.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger whole)
            && whole >= long.MinValue && whole <= ulong.MaxValue)
            return System.Convert.ChangeType((decimal)whole, type, CultureInfo.InvariantCulture);
        if (NumberLiteral.TryParse(trimmed, out object? literal) && !trimmed.All(char.IsAsciiDigit)) return ConvertTo(literal, type)!;
        if (double.TryParse(trimmed, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double real))
            return ConvertTo(real, type)!;
        throw new FormatException($"The input string '{text}' was not in a correct format.");
    }

    private static object? ToReal(string text, Type type)
    {
        const NumberStyles Real = NumberStyles.Float | NumberStyles.AllowThousands;
        if (type == typeof(double)) return double.TryParse(text, Real, CultureInfo.InvariantCulture, out double d) ? d : null;
        if (type == typeof(float)) return float.TryParse(text, Real, CultureInfo.InvariantCulture, out float f) ? f : null;
        return type == typeof(decimal)
            && decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal m) ? m : null;
    }

    private static Array ToArray(object original, Type element)
    {
        if (GetEnumerable(original) is { } list)
        {
            var items = list.Cast<object?>().ToList();
            var array = Array.CreateInstance(element, items.Count);
            for (int i = 0; i < items.Count; i++) array.SetValue(items[i] is null && !element.IsValueType
                ? null
                : ConvertTo(items[i], element), i);
            return array;
        }
        var single = Array.CreateInstance(element, 1);
        single.SetValue(ConvertTo(original, element), 0);
        return single;
    }

    private static object? FromConstructor(object value, Type from, Type type)
    {
        if (type.IsAbstract || type.IsInterface) return null;
        // A number is not a capacity.
        if (IsNumeric(from) && typeof(IEnumerable).IsAssignableFrom(type)) return null;
        return type.GetConstructor([from]) is { } constructor && constructor.GetParameters()[0].ParameterType != typeof(object)
            ? constructor.Invoke([value])
            : null;
    }

    private static object? FromCast(object value, Type from, Type type)
    {
        foreach (Type holder in (Type[])[type, from])
            foreach (MethodInfo method in holder.GetMethods(BindingFlags.Public | BindingFlags.Static))
                if (method.Name is "op_Implicit" or "op_Explicit" && type.IsAssignableFrom(method.ReturnType)
                    && method.GetParameters()[0].ParameterType.IsAssignableFrom(from))
                    return method.Invoke(null, [value]);
        return null;
    }

    private static object? FromProperties(IEnumerable<(string Name, object? Value)> values, Type type)
    {
        if (type.IsAbstract || (type.GetConstructor(Type.EmptyTypes) is null && !type.IsValueType)) return null;
        object made = Activator.CreateInstance(type)!;
        foreach ((string name, object? value) in values)
        {
            PropertyInfo? property = type.GetProperties()
                .FirstOrDefault(p => p.CanWrite && string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                throw new PSInvalidCastException($"Cannot create object of type \"{type}\". The property '{name}' was not found "
                    + $"for the '{type}' object. "
                    + $"The settable properties are: "
                    + $"{string.Join(", ", type.GetProperties().Where(p => p.CanWrite).Select(p => $"[{p.Name} <{p.PropertyType}>]"))}.");
            try
            {
                property.SetValue(made, ConvertTo(value, property.PropertyType));
            }
            catch (PSInvalidCastException e)
            {
                throw new PSInvalidCastException($"Cannot create object of type \"{type}\". {e.Message}", e);
            }
        }
        return made;
    }
}

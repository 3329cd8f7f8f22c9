namespace System.Management.Automation;

/// <summary>Enumerations from names (a unique prefix will do), lists of names and numbers.</summary>
internal static class EnumConversion
{
    public static object FromText(string text, Type type)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0) throw Fault(text, type, "A value is needed.");
        if (trimmed.Contains(',', StringComparison.Ordinal) || char.IsAsciiDigit(trimmed[0]) || trimmed[0] is '-' or '+')
        {
            if (!Enum.TryParse(type, trimmed, true, out object? parsed))
                throw Fault(text, type, "It cannot be matched to names of the enumeration.");
            return Checked(parsed!, type, text);
        }
        string[] names = Enum.GetNames(type);
        if (Array.Find(names, n => string.Equals(n, trimmed, StringComparison.OrdinalIgnoreCase)) is { } exact)
            return Enum.Parse(type, exact);
        string[] starting = Array.FindAll(names, n => n.StartsWith(trimmed, StringComparison.OrdinalIgnoreCase));
        return starting.Length == 1
            ? Enum.Parse(type, starting[0])
            : throw Fault(text, type, starting.Length == 0
                ? $"Unable to match the identifier name {trimmed} to a valid enumerator name. Specify one of the following "
                    + $"enumerator names and try again:"
                    + Environment.NewLine + string.Join(", ", names)
                : $"The identifier name {trimmed} cannot be processed because it is too ambiguous: {string.Join(", ", starting)}.");
    }

    public static object FromNumber(object number, Type type) =>
        Checked(Enum.ToObject(type, number), type, PSObject.ToStringInvariant(number));

    private static object Checked(object value, Type type, string shown)
    {
        if (type.IsDefined(typeof(FlagsAttribute), false))
        {
            ulong all = Enum.GetValues(type).Cast<object>().Aggregate(0UL, (bits, v) => bits | Bits(v));
            if ((Bits(value) & ~all) == 0) return value;
        }
        else if (Enum.IsDefined(type, value)) return value;
        throw Fault(shown, type, "The value is not defined.");
    }

    private static ulong Bits(object value) => unchecked((ulong)Convert.ToInt64(value is ulong u ? (long)u : value, null));

    private static PSInvalidCastException Fault(string text, Type type, string reason) =>
        new($"Cannot convert value \"{text}\" to type \"{type}\". Error: \"{reason}\"");
}

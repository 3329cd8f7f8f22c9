namespace VirtTools.Build.Packaging.Profiles;

/// <summary>A type as the just-in-time compiler's summary names it, with the arguments of all types that it stands in.</summary>
/// <param name="Name">The name as reflection has it, with <c>+</c> before nested types; words of C# for the primitive types.</param>
/// <param name="Arguments">The type arguments.</param>
/// <param name="Ranks">Behind it, <c>[]</c> for every array of it.</param>
internal sealed record TypeName(string Name, IReadOnlyList<TypeName> Arguments, string Ranks)
{
    /// <summary>What stands behind the name of an array's elements.</summary>
    internal const string Array = "[]";

    /// <summary>Reads a name from the beginning of a text, which is moved behind it.</summary>
    /// <returns>Null if there is none.</returns>
    internal static TypeName? TryRead(ref ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAny("[],:(");
        var name = (length < 0 ? text : text[..length]).ToString();
        text = text[name.Length..];
        IReadOnlyList<TypeName>? arguments = text.StartsWith(Array) ? [] : TryReadArguments(ref text);
        var ranks = "";
        while (text.StartsWith(Array))
        {
            ranks += Array;
            text = text[Array.Length..];
        }

        return name.Length > 0 && arguments is not null ? new(name, arguments, ranks) : null;
    }

    /// <summary>Reads type arguments in brackets from the beginning of a text, which is moved behind them.</summary>
    /// <returns>None where there is no bracket; null if what stands in it are no names.</returns>
    internal static IReadOnlyList<TypeName>? TryReadArguments(ref ReadOnlySpan<char> text)
    {
        var arguments = new List<TypeName>();
        if (text is not ['[', ..]) return arguments;
        do
        {
            text = text[1..];
            if (TryRead(ref text) is not { } argument) return null;
            arguments.Add(argument);
        }
        while (text is [',', ..]);
        if (text is not [']', ..]) return null;
        text = text[1..];
        return arguments;
    }

    internal static string Join(IReadOnlyList<TypeName> arguments) => arguments.Count == 0 ? "" : $"[{string.Join(',', arguments)}]";

    public override string ToString() => Name + Join(Arguments) + Ranks;
}

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>A method as the just-in-time compiler's summary names it: <c>Namespace.Outer`1+Inner[System.Guid]:Method[int](…)</c>.</summary>
/// <param name="Type">The type that declares it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its own type arguments.</param>
internal sealed record MethodName(TypeName Type, string Name, IReadOnlyList<TypeName> Arguments)
{
    /// <summary>Reads a name; what stands behind it, such as the method's parameters, is passed over.</summary>
    /// <returns>Null if it is none.</returns>
    internal static MethodName? TryParse(ReadOnlySpan<char> text)
    {
        if (TypeName.TryRead(ref text) is not { } type || text is not [':', ..]) return null;
        text = text[1..];
        var length = text.IndexOfAny("[(");
        // Constructors begin with a dot, and explicit implementations have types in their names.
        var name = (length < 0 ? text : text[..length]).ToString();
        text = text[name.Length..];
        return name.Length > 0 && TypeName.TryReadArguments(ref text) is { } arguments ? new(type, name, arguments) : null;
    }

    public override string ToString() => $"{Type}:{Name}{TypeName.Join(Arguments)}";
}

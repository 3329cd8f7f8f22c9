namespace VirtSpecs;

/// <summary>A type whose values are single scalars.</summary>
/// <typeparam name="T">The values' type.</typeparam>
internal abstract class ScalarType<T> : SpecType
    where T : notnull
{
    /// <summary>What a scalar of this type is by the format's rules.</summary>
    protected abstract ScalarKind Kind { get; }

    /// <summary>Reads a value from its text.</summary>
    protected abstract bool TryParse(string text, out T value);

    /// <summary>Writes a value as text.</summary>
    protected abstract string Format(T value);

    /// <summary>What is wrong with a value, <see langword="null"/> if nothing.</summary>
    protected abstract string? FindFault(T value);

    /// <summary>What to write instead of a scalar that isn't of this type, if that can be guessed.</summary>
    protected virtual string? Suggest(SpecScalar scalar) => null;

    public override object? Read(SpecNode node, string path, SpecReport report)
    {
        if (node is SpecScalar scalar && scalar.Kind == Kind && TryParse(scalar.Text, out var value))
        {
            Check(value, path, report);
            return value;
        }

        var hint = node is SpecScalar wrong ? Suggest(wrong) : null;
        report.Add(path, $"must be {Description}, not {node.Noun}", hint, node.Position);
        return null;
    }

    public override SpecNode Write(object value) => new SpecScalar(Format((T)value), Kind);

    public override string Format(object value) => Format((T)value);

    public override void Check(object value, string path, SpecReport report)
    {
        if (FindFault((T)value) is { } fault)
        {
            report.Add(path, fault);
        }
    }
}

namespace PipelineHost.Binding;

/// <summary>One argument of a call: a parameter's name, a value, or both.</summary>
internal sealed class Argument
{
    /// <summary>Without dash and colon; null for a value alone.</summary>
    public string? Name { get; init; }

    /// <summary>The name as it was written.</summary>
    public string? Text { get; init; }
    public bool HasValue { get; init; }
    public object? Value { get; init; }

    public Argument With(object? value) => new() { Name = Name, Text = Text, HasValue = true, Value = value };
}

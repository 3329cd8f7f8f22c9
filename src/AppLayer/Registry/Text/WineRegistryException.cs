namespace AppLayer.Registry.Text;

/// <summary>Text is not what Wine's text registry may hold, or is more than its reader takes.</summary>
public sealed class WineRegistryException : FormatException
{
    /// <summary>Makes the error.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="column">The column, from 1, in bytes.</param>
    /// <param name="expected">What should have stood there.</param>
    public WineRegistryException(int line, int column, string expected)
        : base($"Line {line}, column {column}: expected {expected}.") => (Line, Column, Expected) = (line, column, expected);

    /// <summary>The line, from 1.</summary>
    public int Line { get; }

    /// <summary>The column, from 1, in bytes.</summary>
    public int Column { get; }

    /// <summary>What should have stood there.</summary>
    public string Expected { get; }
}

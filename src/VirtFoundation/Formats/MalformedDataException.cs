namespace VirtFoundation.Formats;

/// <summary>Bytes that claim to be of a format break its rules. Each format has a type of its own below this one.</summary>
public abstract class MalformedDataException : FormatException
{
    /// <summary>Creates the exception with a message made of all its parts.</summary>
    /// <param name="format">Name of the format: <c>ELF</c>.</param>
    /// <param name="offset">Offset of the field in the data, in bytes.</param>
    /// <param name="field">Name of the field, as its specification spells it.</param>
    /// <param name="problem">What is wrong with it.</param>
    protected MalformedDataException(string format, long offset, string field, string problem)
        : base($"{format}: {field} at offset 0x{offset:x}: {problem}")
    {
        Format = format;
        Offset = offset;
        Field = field;
    }

    /// <summary>Name of the format.</summary>
    public string Format { get; }

    /// <summary>Offset of the field in the data, in bytes.</summary>
    public long Offset { get; }

    /// <summary>Name of the field, as its specification spells it.</summary>
    public string Field { get; }
}

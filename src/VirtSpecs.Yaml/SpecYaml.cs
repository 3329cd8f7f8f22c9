using System.Text;

namespace VirtSpecs.Yaml;

/// <summary>
/// Specs as YAML 1.2 (https://yaml.org/spec/1.2.2): streams of documents, strictly read and canonically written.
/// </summary>
public sealed class SpecYaml : ISpecFormat
{
    /// <summary>The largest file or text, in bytes of UTF-8.</summary>
    public const int MaximumBytes = 1 << 20;

    /// <summary>Reads the specs of a file, which must be UTF-8 and at most 1 MiB.</summary>
    /// <param name="path">The file's path.</param>
    /// <returns>The specs in the file's order, at least one.</returns>
    /// <exception cref="SpecException">The content isn't a valid stream of specs.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<Spec> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = new byte[MaximumBytes + 1];
        using var stream = File.OpenRead(path);
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return ReadText(length > MaximumBytes ? null : SourceText.Decode(bytes.AsSpan(0, length)), path);
    }

    /// <summary>Reads the specs of a text.</summary>
    /// <param name="text">The text, at most 1 MiB as UTF-8.</param>
    /// <param name="file">The file that errors name and relative paths start from, <see langword="null"/> for none.</param>
    /// <returns>The specs in the text's order, at least one.</returns>
    /// <exception cref="SpecException">The text isn't a valid stream of specs.</exception>
    public static IReadOnlyList<Spec> Parse(string text, string? file = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tooLarge = text.Length > MaximumBytes || Encoding.UTF8.GetByteCount(text) > MaximumBytes;
        return ReadText(tooLarge ? null : SourceText.Check(text), file);
    }

    /// <summary>Writes specs as a stream of documents. Keys stand in the order of the reference, defaults are left out.</summary>
    /// <param name="specs">The specs.</param>
    /// <returns>YAML that <see cref="Parse"/> reads back to equal specs; empty for no specs.</returns>
    /// <exception cref="SpecException">A spec breaks the limits or rules of its kind.</exception>
    public static string Write(IEnumerable<Spec> specs)
    {
        ArgumentNullException.ThrowIfNull(specs);
        return YamlWriter.Write(specs.Select(SpecWriter.Write));
    }

    IReadOnlyList<Spec> ISpecFormat.Read(string path) => Read(path);

    IReadOnlyList<Spec> ISpecFormat.Parse(string text, string? file) => Parse(text, file);

    string ISpecFormat.Write(IEnumerable<Spec> specs) => Write(specs);

    private static IReadOnlyList<Spec> ReadText(SourceText? text, string? file)
    {
        var reader = new SpecReader(file, SpecKind.All);
        if (text is null)
        {
            reader.AddError(default, "is larger than 1 MiB");
        }
        else if (text.Fault is { } fault)
        {
            reader.AddError(fault.Position, fault.Message, fault.Hint);
        }
        else
        {
            new YamlComposer(text.Text, reader).ReadDocuments();
        }

        return reader.Finish();
    }
}

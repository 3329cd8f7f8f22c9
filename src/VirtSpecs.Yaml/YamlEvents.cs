using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace VirtSpecs.Yaml;

/// <summary>The events of YAML's parser, with every refusal of the text as a <see cref="YamlException"/>.</summary>
internal sealed class YamlEvents
{
    private readonly Scanner _scanner;
    private readonly Parser _parser;

    public YamlEvents(string text)
    {
        _scanner = new(new StringReader(text), skipComments: true);
        _parser = new(_scanner);
    }

    /// <summary>The event that the last step reached.</summary>
    /// <exception cref="YamlException">The stream has ended.</exception>
    public ParsingEvent Current => _parser.Current ?? throw new YamlException(Position, Position, "ends too early");

    /// <summary>How far the text has been looked at.</summary>
    public Mark Position => _scanner.CurrentPosition;

    /// <summary>Goes to the next event, if there is one.</summary>
    /// <exception cref="YamlException">The text isn't YAML.</exception>
    public bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // YamlDotNet 16.3 answers some wrong texts so: "x: [a\na" (a key over two lines), "!<a,b>" (no URI), "...\n...\n".
            throw new YamlException(Position, Position, "has something that is not YAML", fault);
        }
    }
}

using System.Text;

namespace VirtCmdlets;

/// <summary>Cuts a console's bytes into lines of text. Bytes that are no UTF-8 become replacement characters.</summary>
internal sealed class ConsoleLines
{
    // A guest that never ends its line gets it ended here.
    private const int LongestLine = 1 << 16;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    internal List<string> Add(ReadOnlySpan<byte> data)
    {
        var lines = new List<string>();
        var text = new char[_decoder.GetCharCount(data, flush: false)];
        _decoder.GetChars(data, text, flush: false);
        foreach (var character in text)
        {
            if (character == '\n' || _line.Length >= LongestLine)
            {
                lines.Add(Take());
            }

            if (character != '\n')
            {
                _line.Append(character);
            }
        }

        return lines;
    }

    internal List<string> End() => _line.Length > 0 ? [Take()] : [];

    private string Take()
    {
        var line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        return line;
    }
}

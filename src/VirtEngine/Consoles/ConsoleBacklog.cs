using VirtEngine.Hosts;

namespace VirtEngine.Consoles;

/// <summary>The end of what a guest wrote to its console before somebody looked, made fit to be shown again.</summary>
public sealed class ConsoleBacklog
{
    private ConsoleBacklog(byte[] text, long end) => (Text, End) = (text, end);

    /// <summary>
    /// The text, UTF-8 if the guest's is, with colours but without what else a terminal would do: move about, set titles, or answer questions
    /// that were asked when nobody was there, into what the guest reads now.
    /// </summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>Where it ends, in bytes from the run's start.</summary>
    public long End { get; }

    /// <summary>Takes the last lines.</summary>
    /// <param name="parts">What is kept.</param>
    /// <param name="lines">How many.</param>
    public static ConsoleBacklog Take(IReadOnlyList<ConsolePart> parts, int lines)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var end = parts.Count == 0 ? 0 : parts[^1].Offset + parts[^1].Data.Length;
        var all = new byte[parts.Sum(part => part.Data.Length)];
        var start = 0;
        foreach (var part in parts)
        {
            part.Data.CopyTo(all.AsMemory(start));
            start += part.Data.Length;
        }

        // The line that is not ended yet, with the prompt, counts as one.
        for (var found = 0; start > 0 && found < lines; found++)
        {
            start = all.AsSpan(0, start - 1).LastIndexOf((byte)'\n') + 1;
        }

        return new(Clean(all.AsSpan(start)), end);
    }

    /// <summary>Shows it.</summary>
    /// <param name="terminal">Where.</param>
    public void ShowOn(HostTerminal terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        terminal.Write(Text.Span);
    }

    /// <summary>Leaves out control functions (ECMA-48) but for colours, line ends, tabs and backspaces.</summary>
    internal static byte[] Clean(ReadOnlySpan<byte> text)
    {
        var clean = new List<byte>(text.Length);
        while (!text.IsEmpty)
        {
            var length = LengthOfControl(text);
            if (length == 0 || (text[..length] is [0x1B, (byte)'[', .., (byte)'m']))
            {
                clean.AddRange(text[..Math.Max(1, length)]);
            }

            text = text[Math.Max(1, length)..];
        }

        return [.. clean];
    }

    // 0 for what is shown as it is.
    private static int LengthOfControl(ReadOnlySpan<byte> text) => text switch
    {
        [0x1B, (byte)'[', ..] => 2 + Through(text[2..], static value => value is >= 0x40 and <= 0x7E),
        // Device control, start of string, operating system command, privacy message, application: to the string terminator, or a bell.
        [0x1B, (byte)'P' or (byte)'X' or (byte)']' or (byte)'^' or (byte)'_', ..] => LengthOfString(text),
        [0x1B, ..] => 1 + Through(text[1..], static value => value is not (>= 0x20 and <= 0x2F)),
        // The same functions as one character each, in UTF-8.
        [0xC2, >= 0x80 and <= 0x9F, ..] => 2,
        [0x08 or 0x09 or 0x0A or 0x0D, ..] => 0,
        [< 0x20 or 0x7F, ..] => 1,
        _ => 0,
    };

    private static int LengthOfString(ReadOnlySpan<byte> text)
    {
        for (var at = 2; at < text.Length; at++)
        {
            if (text[at] == 0x07)
            {
                return at + 1;
            }

            if (text[at] == 0x1B)
            {
                return Math.Min(at + 2, text.Length);
            }
        }

        return text.Length;
    }

    private static int Through(ReadOnlySpan<byte> text, Func<byte, bool> isLast)
    {
        for (var at = 0; at < text.Length; at++)
        {
            if (isLast(text[at]))
            {
                return at + 1;
            }
        }

        return text.Length;
    }
}

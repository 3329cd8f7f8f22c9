using System.Runtime.InteropServices;
using System.Text;

namespace AppLayer.Registry.Text;

/// <summary>The encodings of .reg files.</summary>
internal static class RegFileText
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static RegFileException TooLong(RegistryTextLimits limits) => new(1, 1, $"a file of at most {limits.File} bytes");

    /// <exception cref="ArgumentException">There is none of that number.</exception>
    internal static Encoding CodePage(int number)
    {
        try
        {
            var (encode, decode) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return CodePagesEncodingProvider.Instance.GetEncoding(number, encode, decode) ?? Encoding.GetEncoding(number, encode, decode);
        }
        catch (NotSupportedException error)
        {
            throw new ArgumentException($"There is no code page {number}.", nameof(number), error);
        }
    }

    /// <summary>The text, without a byte order mark.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ansi">The encoding of version 4.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="unicode">Whether texts in hexadecimal are UTF-16: all but version 4 in a code page.</param>
    internal static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> file, Encoding ansi, RegistryTextLimits limits, out bool unicode)
    {
        if (file.Length > limits.File) throw TooLong(limits);
        unicode = true;
        if (file is [0xFF, 0xFE, ..])
        {
            // Not decoded: names may hold halves of surrogate pairs.
            var text = MemoryMarshal.Cast<byte, char>(file[2..]);
            return file.Length % 2 == 0 ? text : throw new RegFileException(text.Count('\n') + 1, 1, "an even number of bytes of UTF-16");
        }

        if (file is [0xFE, 0xFF, ..]) throw new RegFileException(1, 1, "UTF-16LE; this is big-endian");
        bool marked = file is [0xEF, 0xBB, 0xBF, ..];
        unicode = marked || !file.TrimStart(" \t"u8).StartsWith("REGEDIT4"u8);
        if (marked) file = file[3..];
        try
        {
            return (unicode ? StrictUtf8 : ansi).GetString(file);
        }
        catch (DecoderFallbackException error)
        {
            var before = file[..Math.Clamp(error.Index, 0, file.Length)];
            string expected = unicode ? "UTF-8; a file in a code page begins with REGEDIT4" : $"text of code page {ansi.CodePage}";
            throw new RegFileException(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), expected);
        }
    }

    /// <exception cref="ArgumentException">The code page lacks a character.</exception>
    internal static byte[] Encode(ReadOnlySpan<char> text, Encoding? ansi)
    {
        if (ansi is null) return [0xFF, 0xFE, .. MemoryMarshal.AsBytes(text)];
        try
        {
            return ansi.GetBytes(text.ToArray());
        }
        catch (EncoderFallbackException error)
        {
            int line = text[..error.Index].Count('\n') + 1;
            string unknown = $"U+{(int)error.CharUnknown:X4}";
            throw new ArgumentException($"Code page {ansi.CodePage} lacks the character {unknown} of line {line}; write version 5.", error);
        }
    }
}

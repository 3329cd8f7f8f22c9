using System.Globalization;
using System.Text;

namespace AppLayer.Footprint;

/// <summary>Names of bytes as text for people: what is no UTF-8, or a control character, is written <c>\xHH</c>.</summary>
internal static class ByteText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    internal static string ToText(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (var value in bytes[..length])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>The text whose UTF-8 the bytes are.</summary>
    /// <returns>False if they are no UTF-8, which no text can name.</returns>
    internal static bool TryToName(ReadOnlySpan<byte> bytes, out string name)
    {
        try
        {
            name = Strict.GetString(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            name = "";
            return false;
        }
    }
}

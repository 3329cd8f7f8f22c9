using System.Text.Json;

namespace VirtEngine.GuestAgent;

/// <summary>Text that the guest says of itself, made fit for an admin's terminal, logs and event lines: short, and without control characters.</summary>
internal static class GuestText
{
    /// <summary>Characters that are kept.</summary>
    internal const int Longest = 256;

    /// <summary>Reads a string.</summary>
    /// <exception cref="FormatException">It is none, or no Unicode.</exception>
    internal static string Of(JsonElement value, int longest = Longest)
    {
        string text;
        try
        {
            text = value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"there is a {value.ValueKind} in place of a text");
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("a text is no Unicode", e);
        }

        return Clean(text, longest);
    }

    /// <summary>Makes a text fit.</summary>
    internal static string Clean(string text, int longest = Longest)
    {
        var cut = text.Length > longest;
        return string.Create(cut ? longest + 1 : text.Length, (text, longest), static (target, source) =>
        {
            source.text.AsSpan(0, Math.Min(source.text.Length, source.longest)).CopyTo(target);
            if (target.Length > source.longest)
            {
                target[^1] = '…';
            }

            foreach (ref var character in target)
            {
                if (char.IsControl(character))
                {
                    character = '\ufffd';
                }
            }
        });
    }

    /// <summary>Reads a member that need not be there.</summary>
    /// <exception cref="FormatException">It is no Unicode.</exception>
    internal static string? TryOf(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Of(value) : null;
}

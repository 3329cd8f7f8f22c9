using System.Globalization;
using System.Text;
using AppLayer.Registry;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>What hivexregedit takes and gives.</summary>
internal static class RegeditText
{
    private const string Header = "Windows Registry Editor Version 5.00\n\n";

    /// <summary>A history as a text to merge. hivexregedit wants parents named before their subkeys, and removes only what is there.</summary>
    internal static string Of(IEnumerable<RegistryEdit> edits)
    {
        var text = new StringBuilder(Header);
        var state = new RegistryKey("");
        foreach (var edit in edits)
        {
            var there = state.Find(edit.Path) is { } key && (edit.Name is null || !edit.IsRemoval || key.TryGetValue(edit.Name, out _));
            if (edit.IsRemoval && there)
            {
                text.Append(edit.Name is null ? $"[-\\{edit.Path}]\n\n" : $"[\\{edit.Path}]\n{Quoted(edit.Name)}=-\n\n");
            }
            else if (!edit.IsRemoval)
            {
                for (var end = edit.Path.IndexOf('\\'); end > 0; end = edit.Path.IndexOf('\\', end + 1))
                {
                    text.Append(CultureInfo.InvariantCulture, $"[\\{edit.Path[..end]}]\n\n");
                }

                text.Append(CultureInfo.InvariantCulture, $"[\\{edit.Path}]\n");
                if (edit.Value is { } value)
                {
                    var digits = Convert.ToHexString(value.Data.Span).Chunk(2).Select(pair => new string(pair));
                    text.Append(CultureInfo.InvariantCulture, $"{Quoted(value.Name)}=hex({(uint)value.Type:x}):{string.Join(',', digits)}\n");
                }

                text.Append('\n');
            }

            edit.Apply(state);
        }

        return text.ToString();
    }

    /// <summary>What an export says.</summary>
    internal static RegistryKey Parse(string text)
    {
        var root = new RegistryKey("");
        var key = root;
        Assert.StartsWith(Header, text, StringComparison.Ordinal);
        foreach (var line in text[Header.Length..].Split('\n').Where(line => line.Length > 0))
        {
            if (line[0] == '[')
            {
                key = root.Create(line[1..^1]);
                continue;
            }

            var equals = line[0] == '@' ? 1 : line.LastIndexOf("\"=", StringComparison.Ordinal) + 1;
            var name = line[0] == '@' ? "" : Unescaped(line[1..(equals - 1)]);
            var colon = line.IndexOf(':', equals);
            var kind = line[(equals + 1)..colon];
            var data = line[(colon + 1)..];
            key.Set(kind == "dword"
                ? new(name, RegistryValueType.Dword, BitConverter.GetBytes(Convert.ToUInt32(data, 16)))
                : new(name, (RegistryValueType)Convert.ToUInt32(kind[4..^1], 16), Convert.FromHexString(data.Replace(",", "", StringComparison.Ordinal))));
        }

        return root;
    }

    private static string Quoted(string name) => name.Length == 0 ? "@" : '"' + name.Replace("\\", "\\\\").Replace("\"", "\\\"") + '"';

    private static string Unescaped(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
}

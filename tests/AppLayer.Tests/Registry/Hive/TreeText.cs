using System.Globalization;
using System.Text;
using AppLayer.Registry;

namespace AppLayer.Tests.Registry.Hive;

/// <summary>All that is in a tree, as lines, so that a difference can be read.</summary>
internal static class TreeText
{
    /// <param name="key">The key.</param>
    /// <param name="full">Whether time, class, security and marks are shown, beside names and values in their order.</param>
    internal static string Of(RegistryKey key, bool full)
    {
        var text = new StringBuilder();
        Append(text, key, "", full);
        return text.ToString();
    }

    private static void Append(StringBuilder text, RegistryKey key, string path, bool full)
    {
        text.Append(CultureInfo.InvariantCulture, $"[{path}]");
        if (full)
        {
            text.Append(CultureInfo.InvariantCulture, $" {key.LastWrite.Ticks} '{key.Class}' {key.Mark} {key.IsLink} {Convert.ToHexString(key.Security.Span)}");
        }

        text.Append('\n');
        IEnumerable<RegistryValue> values = full ? key.Values : key.Values.OrderBy(value => value.Name, RegistryNameComparer.Instance);
        foreach (var value in values)
        {
            var data = value.Data.Length <= 64 ? value.Data : System.Security.Cryptography.SHA256.HashData(value.Data.Span);
            text.Append(CultureInfo.InvariantCulture,
                $"  {value.Name} = {(uint)value.Type} {value.IsTombstone} {value.Data.Length} {Convert.ToHexString(data.Span)}\n");
        }

        foreach (var subkey in key.Subkeys)
        {
            Append(text, subkey, path + "\\" + subkey.Name, full);
        }
    }
}

using System.Text;
using AppLayer.Registry;

namespace AppLayer.Tests.Registry.Text;

internal static class RegistryText
{
    internal static RegistryValue String(string name, string text) => Value(name, RegistryValueType.String, text);

    internal static RegistryValue Value(string name, RegistryValueType type, string text) => new(name, type, Encoding.Unicode.GetBytes(text + "\0"));

    internal static RegistryValue Bytes(string name, uint type, params byte[] data) => new(name, (RegistryValueType)type, data);

    /// <summary>A tree with everything that both formats can hold.</summary>
    internal static RegistryKey Sample()
    {
        var root = new RegistryKey("");
        var key = root.Create(@"Software\Näme [1] with_under\Deep");
        key.LastWrite = new(0x1DC5B0123456789);
        key.Set(String("", "default"));
        key.Set(String("Quote\"d\\", "C:\\Program Files\\\"x\"\0ab"));
        key.Set(String("Unicode", "äa€g\uD83D\uDE00"));
        key.Set(String("Controls", "a\r\nb\tc\u00017\u0001x\u001b\u007f"));
        key.Set(Value("Expand", RegistryValueType.ExpandString, "%SystemRoot%\\x"));
        key.Set(Value("Multi", RegistryValueType.MultiString, "one\0two\0"));
        key.Set(Bytes("Number", 4, 0x78, 0x56, 0x34, 0xF2));
        key.Set(Bytes("ShortNumber", 4, 1, 2));
        key.Set(Bytes("Quad", 11, 1, 2, 3, 4, 5, 6, 7, 8));
        key.Set(Bytes("Empty", 3));
        key.Set(Bytes("None", 0, 9));
        key.Set(Bytes("Odd text", 1, 65, 0, 66));
        key.Set(Bytes("Open text", 1, 65, 0));
        key.Set(Bytes("Empty text", 1));
        key.Set(Bytes("Driver's own", 0xFFFF0012, 1, 2, 3));
        for (int length = 1; length < 90; length++) key.Set(Bytes("b" + new string('x', length % 41), 3, [.. Enumerable.Range(0, length).Select(i => (byte)i)]));
        root.Create(@"Software\Näme [1] with_under\Empty").LastWrite = new(0x1DC5B0123456780);
        root.Create(@"Software\NämeZ").LastWrite = new(0x1DC5B0123456781);
        return root;
    }

    /// <summary>Every key and value of a tree as lines, for comparison.</summary>
    internal static IEnumerable<string> Lines(RegistryKey key, bool times, string path = "")
    {
        yield return $"[{path}] {key.Class} {(key.IsLink ? "link" : "")} {key.Mark} {(times ? key.LastWrite.Ticks : 0)}";
        foreach (var value in key.Values.OrderBy(value => value.Name, RegistryNameComparer.Instance))
        {
            yield return $"[{path}] {value.Name}: {(uint)value.Type} {Convert.ToHexString(value.Data.Span)}{(value.IsTombstone ? " deleted" : "")}";
        }

        foreach (var line in key.Subkeys.SelectMany(subkey => Lines(subkey, times, $"{path}\\{subkey.Name}"))) yield return line;
    }
}

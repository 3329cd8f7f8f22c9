using System.Collections;
using VirtFoundation;
using VirtSpecs;

namespace VirtCmdlets;

/// <summary>Arguments of commands as specs hold them.</summary>
internal static class Arguments
{
    /// <summary>A hashtable as texts by name; none for null.</summary>
    internal static LabelDictionary Texts(Hashtable? table) => table is null ? LabelDictionary.None : new(Pairs(table));

    /// <summary>What a hashtable holds, as texts; nothing for null.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Pairs(Hashtable? table) =>
        table?.Cast<DictionaryEntry>().Select(pair => KeyValuePair.Create($"{pair.Key}", $"{pair.Value}")) ?? [];

    /// <summary>A hashtable as environment variables, null for those to take away; none for null.</summary>
    internal static Dictionary<string, string?> Variables(Hashtable? table) =>
        table?.Cast<DictionaryEntry>().ToDictionary(pair => $"{pair.Key}", pair => pair.Value is null ? null : $"{pair.Value}") ?? [];

    /// <summary>A layer as <c>name</c> or <c>name@version</c>.</summary>
    /// <exception cref="VirtException">The text is none.</exception>
    internal static LayerReference Layer(string text) => LayerReference.TryParse(text, out var layer)
        ? layer
        : throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{text}' is no layer such as node or node@22.23.3.");

    /// <summary>A member of an enumeration.</summary>
    /// <exception cref="VirtException">The text names none.</exception>
    internal static T Parse<T>(string text)
        where T : struct, Enum => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw new VirtException(VirtErrorCode.ParameterInvalid, $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>())}.");
}

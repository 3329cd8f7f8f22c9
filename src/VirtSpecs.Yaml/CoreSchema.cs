using System.Text.RegularExpressions;

namespace VirtSpecs.Yaml;

/// <summary>What plain scalars are by YAML's core schema (YAML 1.2.2, section 10.3.2).</summary>
internal static partial class CoreSchema
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>What a plain scalar without a tag is.</summary>
    public static ScalarKind Resolve(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ when Integer().IsMatch(text) => ScalarKind.Integer,
        _ when Float().IsMatch(text) => ScalarKind.Float,
        _ => ScalarKind.Text,
    };

    /// <summary>What a scalar with a tag is, <see langword="null"/> for a tag that isn't the schema's.</summary>
    public static ScalarKind? ResolveTag(string tag) => tag switch
    {
        "!" or TagPrefix + "str" => ScalarKind.Text,
        TagPrefix + "int" => ScalarKind.Integer,
        TagPrefix + "float" => ScalarKind.Float,
        TagPrefix + "bool" => ScalarKind.Boolean,
        TagPrefix + "null" => ScalarKind.Null,
        _ => null,
    };

    /// <summary>Whether a mapping may have the tag.</summary>
    public static bool IsMappingTag(string tag) => tag is "!" or TagPrefix + "map";

    /// <summary>Whether a sequence may have the tag.</summary>
    public static bool IsSequenceTag(string tag) => tag is "!" or TagPrefix + "seq";

    [GeneratedRegex(@"\A([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}

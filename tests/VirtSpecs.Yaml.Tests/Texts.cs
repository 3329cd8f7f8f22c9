using FsCheck;
using FsCheck.Fluent;

namespace VirtSpecs.Yaml.Tests;

/// <summary>Texts of every form, with those that YAML could mistake.</summary>
internal static class Texts
{
    private static readonly string[] AwkwardTexts =
    [
        "", " ", "~", "null", "true", "no", "Yes", "1", "0x1F", "1e3", ".5", "-", "- a", "a: b", "a:", "a #b", "#a", "'a'", "\"a\"", "\\",
        "&a", "*a", "!a", "%a", "@a", "`a", "{a}", "[a]", "|", ">", "? a", "---", "...", "<<", "=", "2026-01-01", "12:30:45", "a  ",
        "  a", "ä€😀", "\u00A0", "\u2028", "\uFEFFa", "\uE000", "C:\\x", "console=ttyS0 quiet", "a,b", "0b1", "1_000", ".inf", ".NaN",
    ];

    private static readonly string[] AwkwardLines =
    [
        "a\nb", "a\nb\n", "a\n\nb", "\na", "a\n", "\n", "\n\n", "a\n\n", " a\nb", "a\n b",
        "a \nb", "a\n\tb", "\ta", "a\n#b\n", "a: b\n- c", "a\n---\nb", "a\n...\n",
    ];

    /// <summary>Names.</summary>
    public static Gen<string> Names =>
        from first in Gen.Elements("abzAZ09".ToCharArray())
        from length in Gen.Choose(0, 62)
        from rest in Gen.Elements("abcXYZ019-._".ToCharArray()).ArrayOf(length)
        select first + new string(rest);

    /// <summary>Single lines.</summary>
    public static Gen<string> Lines(int maximum) => Gen.OneOf(
        Gen.Elements(AwkwardTexts),
        from length in Gen.Choose(0, maximum)
        from text in Gen.Elements(" aB0:#-?,[]{}'\"\\&*!|>%@`~=/.ä\u2028\u200B".ToCharArray()).ArrayOf(length)
        select new string(text));

    /// <summary>Texts of lines.</summary>
    public static Gen<string> Notes => Gen.OneOf(
        Gen.Elements(AwkwardLines), Lines(40), Gen.Elements(" a\n\t:#-|".ToCharArray()).ArrayOf(12).Select(text => new string(text)));

    /// <summary>Paths of the host.</summary>
    public static Gen<string> Paths => Lines(80).Where(path => path.Length > 0);

    /// <summary>Labels.</summary>
    public static Gen<LabelDictionary> Labels =>
        from pairs in Names.Two().Select(pair => pair.Item1).ListOf(3)
        from values in Lines(30).ListOf(3)
        select new LabelDictionary(pairs.Distinct().Zip(values, KeyValuePair.Create));

    /// <summary>Texts, or none.</summary>
    public static Gen<string?> Optional(Gen<string> texts) => Gen.OneOf(Gen.Constant<string?>(null), texts.Select(text => (string?)text));
}

using System.Text;

namespace VirtSpecs.Tests;

/// <summary>The reference of all keys in docs/specs.md, between its two marks.</summary>
public class SpecReferenceTests
{
    private const string Begin = "<!-- reference: generated -->\n";
    private const string End = "<!-- end of reference -->\n";

    [Fact]
    public void The_reference_in_the_docs_is_the_one_of_the_code()
    {
        var path = Path.Combine(Repository.Root, "docs", "specs.md");
        var page = File.ReadAllText(path).ReplaceLineEndings("\n");
        var begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, "docs/specs.md has lost the marks of its reference.");
        GeneratedFile.Check(path, page[..begin] + Describe() + page[end..]);
    }

    private static string Describe()
    {
        var text = new StringBuilder();
        foreach (var kind in SpecKind.All)
        {
            text.Append($"\n### {kind.Name}\n\n{kind.Description}\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
            text.Append($"| `apiVersion` | `{Spec.ApiVersion}` | required | Version of the format. |\n");
            text.Append($"| `kind` | `{kind.Name}` | required | Kind of the document. |\n");
            foreach (var (path, member) in kind.Record.Members.SelectMany(member => Walk("", member)))
            {
                var shown = member.Default is { } given && member.Type is not RecordType ? member.Type.Format(given) : "";
                var value = shown.Length > 0 ? $"`{shown}`" : "";
                text.Append($"| `{path}` | {member.Type.Description} | {(member.IsRequired ? "required" : value)} | {member.Summary} |\n");
            }
        }

        return text.Append('\n').ToString();
    }

    private static IEnumerable<(string Path, SpecMember Member)> Walk(string prefix, SpecMember member)
    {
        var path = prefix + member.Key;
        var (inner, separator) = member.Type is ListType list ? (list.Item, "[].") : (member.Type, ".");
        var below = inner is RecordType record ? record.Members.SelectMany(part => Walk(path + separator, part)) : [];
        return below.Prepend((path, member));
    }
}

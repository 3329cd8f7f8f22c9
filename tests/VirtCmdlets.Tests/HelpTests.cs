using System.Reflection;
using System.Management.Automation;
using System.Xml.Linq;

namespace VirtCmdlets.Tests;

public sealed class HelpTests
{
    private static readonly Type[] Cmdlets =
    [
        .. typeof(VirtCmdlet).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)
            .OrderBy(HelpWriter.NameOf, StringComparer.Ordinal),
    ];

    [Fact]
    public void The_help_file_says_what_the_code_says() =>
        Repository.Check("Module/en-US/VirtCmdlets.dll-Help.xml", new HelpWriter(Path.Combine(AppContext.BaseDirectory, "VirtCmdlets.xml")).Write(Cmdlets));

    [Fact]
    public void Every_cmdlet_has_a_synopsis_and_an_example_and_every_parameter_its_words()
    {
        var help = XDocument.Load(Path.Combine(Repository.Root, "Module/en-US/VirtCmdlets.dll-Help.xml"));
        XNamespace command = HelpWriter.Command, maml = HelpWriter.Maml;
        var documented = help.Root!.Elements(command + "command").ToList();

        Assert.Equal(Cmdlets.Select(HelpWriter.NameOf), documented.Select(one => one.Descendants(command + "name").First().Value));
        Assert.All(documented, one => Assert.NotEmpty(one.Element(command + "details")!.Element(maml + "description")!.Value));
        Assert.All(documented, one => Assert.NotEmpty(one.Descendants(command + "example")));
        Assert.All(documented, one => Assert.NotEmpty(one.Element(command + "syntax")!.Elements()));
        Assert.All(
            documented.SelectMany(one => one.Element(command + "parameters")?.Elements() ?? []),
            parameter => Assert.NotEmpty(parameter.Element(maml + "description")!.Value));
    }

    [Fact]
    public void The_manifest_exports_every_cmdlet_and_nothing_else()
    {
        var manifest = File.ReadAllText(Path.Combine(Repository.Root, "Module/VirtTools.psd1"));
        var list = manifest[manifest.IndexOf("CmdletsToExport", StringComparison.Ordinal)..];
        var names = list[..list.IndexOf(')', StringComparison.Ordinal)].Split('\'').Where((_, index) => index % 2 == 1);

        Assert.Equal(Cmdlets.Select(HelpWriter.NameOf), names);
    }

    [Fact]
    public void The_page_in_docs_lists_every_cmdlet() =>
        Repository.Check("docs/cmdlets.md", new HelpWriter(Path.Combine(AppContext.BaseDirectory, "VirtCmdlets.xml")).WriteMarkdown(Cmdlets));

    [Fact]
    public void State_changing_cmdlets_ask_before_they_act() => Assert.All(
        Cmdlets.Where(type => HelpWriter.NameOf(type).Split('-')[0] is not ("Connect" or "Get" or "Measure" or "Wait" or "Receive" or "Import" or "Test" or "Compare" or "Resolve")),
        type => Assert.True(type.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess, type.Name));

    [Fact]
    public void No_signature_shows_types_of_third_parties()
    {
        var shown = typeof(VirtCmdlet).Assembly.GetExportedTypes()
            .SelectMany(type => type.GetMembers().OfType<PropertyInfo>().Select(property => property.PropertyType.Assembly.GetName().Name))
            .Distinct();

        Assert.DoesNotContain(shown, name => name is "YamlDotNet" or "Iced" or "VirtSpecs.Yaml");
    }
}

using System.Management.Automation;
using System.Reflection;
using System.Text;
using System.Xml.Linq;

namespace VirtCmdlets.Tests;

/// <summary>Writes the module's help (MAML) from the cmdlets' attributes and documentation comments.</summary>
internal sealed class HelpWriter(string documentation)
{
    public const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    public const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Rule = "--------------------------";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private const string Prelude =
        """
        # Cmdlets

        Written from the cmdlets' own help (`Get-Help <name> -Full`); a test keeps the two equal, and another runs every example.

        **What asks.** Every command that changes something knows `-WhatIf` and `-Confirm`. Without them, what loses data asks first: `Stop-` and
        `Restart-VirtMachine -TurnOff`, `Remove-VirtMachine`, `Remove-VirtImage`, and the removals of `Deploy-VirtSpec -RemoveOthers`. As with Hyper-V's
        cmdlets `-Force` does not ask; nor do `-Confirm:$false` and `$ConfirmPreference = 'None'`. Where nobody can answer, the command fails and has done nothing.

        **Jobs.** With `-AsJob` the commands that may take long ask all that they have to ask, and return a job for `Wait-Job`, `Receive-Job` and
        `Stop-Job`. One job does the work for all machines of the command, one after the other. It is `Failed` if there was any error; its errors say which.
        A job lives in its shell; the machines that it started do not.

        """;

    private static readonly XNamespace M = Maml, C = Command, D = Dev;

    // PowerShell adds these to every command that asks; its help shows no more of them than stands here.
    private static readonly (string Name, string Alias, string Text)[] Asking =
    [
        ("WhatIf", "wi", "Shows what would be done, and does nothing."),
        ("Confirm", "cf", "Asks before anything is done; with -Confirm:$false nothing is asked."),
    ];

    private readonly Dictionary<string, XElement> _members =
        XDocument.Load(documentation).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);

    public static string NameOf(Type type)
    {
        var attribute = type.GetCustomAttribute<CmdletAttribute>()!;
        return $"{attribute.VerbName}-{attribute.NounName}";
    }

    public string Write(IEnumerable<Type> cmdlets)
    {
        var items = new XElement(
            "helpItems",
            new XAttribute("schema", "maml"),
            cmdlets.Select(Describe));
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + items.ToString().ReplaceLineEndings("\n") + "\n";
    }

    public string WriteMarkdown(IEnumerable<Type> cmdlets)
    {
        var page = new StringBuilder(Prelude);
        foreach (var type in cmdlets)
        {
            page.Append(null, $"\n## {NameOf(type)}\n\n{Summary(type)}\n\n```powershell\n");
            foreach (var (code, remarks) in Examples(type))
            {
                page.Append(null, $"# {remarks}\n{code}\n");
            }

            page.Append("```\n\n");
            foreach (var parameter in Parameters(type))
            {
                page.Append(null, $"- `-{parameter.Name}`: {Text(parameter)}\n");
            }
        }

        return page.ToString();
    }

    private XElement Describe(Type type)
    {
        var attribute = type.GetCustomAttribute<CmdletAttribute>()!;
        return new(
            C + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                C + "details",
                new XElement(C + "name", NameOf(type)),
                new XElement(C + "verb", attribute.VerbName),
                new XElement(C + "noun", attribute.NounName),
                Paragraph(M + "description", Summary(type))),
            Paragraph(M + "description", Summary(type)),
            new XElement(C + "syntax", Sets(type).Select(set => Syntax(type, set))),
            new XElement(C + "parameters", Parameters(type).Select(parameter => Parameter(parameter, null)), Questions(type)),
            new XElement(
                C + "inputTypes",
                Inputs(type).Select(input => new XElement(
                    C + "inputType",
                    new XElement(D + "type", new XElement(M + "name", input.PropertyType.FullName)),
                    Paragraph(M + "description", $"{Text(input)} (-{input.Name})")))),
            new XElement(
                C + "returnValues",
                Outputs(type).Select(output => new XElement(
                    C + "returnValue", new XElement(D + "type", new XElement(M + "name", output.FullName))))),
            new XElement(C + "examples", Examples(type).Select((example, index) => new XElement(
                C + "example",
                new XElement(M + "title", $"{Rule} Example {index + 1} {Rule}"),
                new XElement(D + "code", example.Code),
                Paragraph(D + "remarks", example.Remarks)))));
    }

    private XElement Syntax(Type type, string? set) => new(
        C + "syntaxItem",
        new XElement(M + "name", NameOf(type)),
        Parameters(type).Where(parameter => In(parameter, set) is not null).OrderBy(parameter => Order(In(parameter, set)!))
            .Select(parameter => Parameter(parameter, set)),
        Questions(type));

    private XElement Parameter(PropertyInfo parameter, string? set)
    {
        var attribute = In(parameter, set) ?? parameter.GetCustomAttributes<ParameterAttribute>().First();
        var pipeline = (attribute.ValueFromPipeline, attribute.ValueFromPipelineByPropertyName) switch
        {
            (true, true) => "true (ByValue, ByPropertyName)",
            (true, false) => "true (ByValue)",
            (false, true) => "true (ByPropertyName)",
            _ => "false",
        };
        var type = Nullable.GetUnderlyingType(parameter.PropertyType) ?? parameter.PropertyType;
        return new(
            C + "parameter",
            new XAttribute("required", attribute.Mandatory ? "true" : "false"),
            new XAttribute("globbing", parameter.IsDefined(typeof(SupportsWildcardsAttribute)) ? "true" : "false"),
            new XAttribute("pipelineInput", pipeline),
            new XAttribute("position", attribute.Position == int.MinValue ? "named" : $"{attribute.Position}"),
            new XAttribute("aliases", string.Join(", ", parameter.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])),
            new XElement(M + "name", parameter.Name),
            Paragraph(M + "description", Text(parameter)),
            type == typeof(SwitchParameter) ? null : new XElement(C + "parameterValue", new XAttribute("required", "true"), type.Name),
            type.IsEnum
                ? new XElement(C + "parameterValueGroup", Enum.GetNames(type).Select(name => new XElement(
                    C + "parameterValue", new XAttribute("required", "false"), name)))
                : null);
    }

    private static IEnumerable<XElement> Questions(Type type) => type.GetCustomAttribute<CmdletAttribute>()!.SupportsShouldProcess
        ? Asking.Select(one => new XElement(
            C + "parameter",
            new XAttribute("required", "false"),
            new XAttribute("globbing", "false"),
            new XAttribute("pipelineInput", "false"),
            new XAttribute("position", "named"),
            new XAttribute("aliases", one.Alias),
            new XElement(M + "name", one.Name),
            Paragraph(M + "description", one.Text)))
        : [];

    private static IEnumerable<PropertyInfo> Inputs(Type type) => Parameters(type).Where(parameter =>
        parameter.GetCustomAttributes<ParameterAttribute>().Any(one => one.ValueFromPipeline || one.ValueFromPipelineByPropertyName));

    private static IEnumerable<Type> Outputs(Type type) => type.GetCustomAttributesData()
        .Where(data => data.AttributeType == typeof(OutputTypeAttribute))
        .SelectMany(data => data.ConstructorArguments.SelectMany(argument =>
            argument.Value is IEnumerable<CustomAttributeTypedArgument> many ? many.Select(one => one.Value) : [argument.Value]))
        .OfType<Type>();

    private static ParameterAttribute? In(PropertyInfo parameter, string? set)
    {
        var attributes = parameter.GetCustomAttributes<ParameterAttribute>().ToList();
        return attributes.Find(one => one.ParameterSetName == set) ?? attributes.Find(one => one.ParameterSetName == ParameterAttribute.AllParameterSets);
    }

    private static int Order(ParameterAttribute attribute) => attribute.Position == int.MinValue ? int.MaxValue : attribute.Position;

    private static List<string?> Sets(Type type)
    {
        var named = Parameters(type).SelectMany(parameter => parameter.GetCustomAttributes<ParameterAttribute>())
            .Select(one => one.ParameterSetName).Where(name => name != ParameterAttribute.AllParameterSets).Distinct().ToList();
        var first = type.GetCustomAttribute<CmdletAttribute>()!.DefaultParameterSetName;
        return named.Count == 0 ? [null] : [.. named.OrderByDescending(name => name == first)];
    }

    private static IEnumerable<PropertyInfo> Parameters(Type type) => type.GetProperties()
        .Where(property => property.IsDefined(typeof(ParameterAttribute), inherit: false))
        .OrderBy(property => property.Name, StringComparer.Ordinal);

    private string Summary(Type type) => Clean(_members[$"T:{type.FullName}"].Element("summary"));

    private string Text(PropertyInfo parameter) => Clean(_members[$"P:{Declaration(parameter).FullName}.{parameter.Name}"].Element("summary"));

    private static Type Declaration(PropertyInfo parameter) => parameter.DeclaringType is { IsGenericType: true } generic
        ? generic.GetGenericTypeDefinition()
        : parameter.DeclaringType!;

    public IEnumerable<(string Code, string Remarks)> Examples(Type type) => _members[$"T:{type.FullName}"].Elements("example")
        .Select(example => (example.Element("code")!.Value.Trim(), Clean(new XElement("x", example.Nodes().Where(node => node is XText)))));

    private static string Clean(XElement? element) =>
        string.Join(' ', (element?.Value ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static XElement Paragraph(XName name, string text) => new(name, new XElement(M + "para", text));
}

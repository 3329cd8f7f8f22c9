using System.Collections;
using System.Management.Automation;
using PipelineHost.Execution;
using PipelineHost.Language;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Modules;

/// <summary>A module's .psd1: one hash literal of constants.</summary>
internal sealed class Manifest
{
    private static readonly HashSet<string> Described = new(StringComparer.OrdinalIgnoreCase)
    {
        "Author", "CLRVersion", "CompanyName", "CompatiblePSEditions", "Copyright", "Description", "DotNetFrameworkVersion", "FileList",
            "GUID",
        "HelpInfoURI", "ModuleList", "PowerShellHostName", "PowerShellHostVersion", "PowerShellVersion", "PrivateData",
            "ProcessorArchitecture",
    };
    private static readonly HashSet<string> Honoured = new(StringComparer.OrdinalIgnoreCase)
    {
        "AliasesToExport", "CmdletsToExport", "FormatsToProcess", "ModuleVersion", "NestedModules", "RequiredAssemblies", "RootModule",
            "TypesToProcess",
    };

    private readonly Hashtable _entries;
    private readonly string _path;

    private Manifest(Hashtable entries, string path)
    {
        _entries = entries;
        _path = path;
    }

    public string? RootModule => Strings("RootModule") is [var root, ..] ? root : null;
    public Version Version => LanguagePrimitives.ConvertTo<Version>(_entries["ModuleVersion"]) ?? new Version(0, 0);

    public static Manifest Read(string path)
    {
        Statement statement;
        try
        {
            statement = Parser.Parse(File.ReadAllText(path)).Statements is [var only] ? only :
                throw new ModuleException("Modules_InvalidManifest", $"{path} is not one hash literal.", path);
        }
        catch (ScriptParseException e)
        {
            throw new ModuleException("Modules_InvalidManifest",
                $"{path}, line {e.Position.Line}, column {e.Position.Column}: {e.Message}", path, e);
        }
        if (statement is not { Variable: null, Pipeline: { Commands.Count: 0, Source: HashExpression { Kind: HashKind.Hashtable } hash } }
            || !IsData(hash))
            throw new ModuleException("Modules_InvalidManifest", $"{path} is not a hash literal of constants.", path);
        var entries = (Hashtable)PSObject.Base(new Evaluator(new Session(new NoStreams(), path)).Evaluate(hash))!;
        var manifest = new Manifest(entries, path);
        foreach (string key in entries.Keys.Cast<object>().Select(k => PSObject.ToStringInvariant(k)))
            if (!Described.Contains(key) && !Honoured.Contains(key) && manifest.Strings(key) is not ([] or ["*"] or [""]))
                throw new NotSupportedByHostException($"{key} in {Path.GetFileName(path)}");
        return manifest;
    }

    public IReadOnlyList<string> Strings(string key) => PSObject.Base(_entries[key]) switch
    {
        null or "" => [],
        string one => [one],
        IEnumerable list and not IDictionary => [.. list.Cast<object?>().Select(i => PSObject.Base(i) as string
            ?? throw new NotSupportedByHostException($"a {key} entry that is not a string in {Path.GetFileName(_path)}"))],
        _ => throw new NotSupportedByHostException($"the form of {key} in {Path.GetFileName(_path)}"),
    };

    /// <summary>Whether an export list names a command; without the list everything is exported.</summary>
    public bool Exports(string key, string name) =>
        !_entries.ContainsKey(key) || Strings(key).Any(p => new WildcardPattern(p, WildcardOptions.IgnoreCase).IsMatch(name));

    private static bool IsData(Expression expression) => expression switch
    {
        ConstantExpression => true,
        VariableExpression variable => variable.Name.ToUpperInvariant() is "TRUE" or "FALSE" or "NULL" or "PSSCRIPTROOT",
        ExpandableExpression text => text.Parts.All(IsData),
        ArrayLiteralExpression array => array.Items.All(IsData),
        ArrayExpression array =>
            array.Statements.All(s => s is { Variable: null, Pipeline: { Commands.Count: 0, Source: { } source } } && IsData(source)),
        HashExpression hash =>
            hash.Entries.All(e => IsData(e.Key) && e.Value is { Commands.Count: 0, Source: { } source } && IsData(source)),
        _ => false,
    };
}

using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands;
using PipelineHost.Language;

namespace PipelineHost.Commands;

/// <summary>Commands by name and alias: the host's own and those of modules.</summary>
internal sealed class CommandTable
{
    private static readonly Lazy<HashSet<string>> PowerShells = new(ReadNames);

    private static readonly Type[] Own =
    [
        typeof(SelectObjectCommand), typeof(WhereObjectCommand), typeof(ForEachObjectCommand), typeof(SortObjectCommand),
        typeof(WriteOutputCommand), typeof(WriteHostCommand), typeof(ImportModuleCommand),
        typeof(FormatTableCommand), typeof(FormatListCommand), typeof(OutStringCommand), typeof(OutNullCommand),
        typeof(WaitJobCommand), typeof(ReceiveJobCommand), typeof(StopJobCommand),
    ];

    private readonly Dictionary<string, CmdletInfo> _commands = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);

    public CommandTable()
    {
        foreach (Type type in Own) Add(type, "");
    }

    public static string NameOf(Type type)
    {
        var declaration = type.GetCustomAttribute<CmdletAttribute>()!;
        return $"{declaration.VerbName}-{declaration.NounName}";
    }

    /// <summary>Adds a cmdlet with the aliases on its type.</summary>
    public void Add(Type type, string module, Predicate<string>? aliasWanted = null)
    {
        string name = NameOf(type);
        var command = new CmdletInfo(name, type) { ModuleName = module };
        _commands[name] = command;
        if (module.Length > 0) _commands[$"{module}\\{name}"] = command;
        foreach (string alias in type.GetCustomAttribute<AliasAttribute>()?.AliasNames ?? [])
            if (aliasWanted?.Invoke(alias) ?? true) _aliases[alias] = name;
    }

    public CmdletInfo Resolve(string name, Position position)
    {
        if (_aliases.TryGetValue(name, out string? target)) name = target;
        if (_commands.TryGetValue(name, out CmdletInfo? command)) return command;
        RefuseKnown(name, position);
        if (IsProgram(name)) throw new NotSupportedByHostException($"program or script {name}", position);
        throw new CommandNotFoundException(name,
            $"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\n"
            + "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.");
    }

    /// <summary>Refuses a command of PowerShell's own before anything of its script runs.</summary>
    public void RefuseKnown(string name, Position position)
    {
        if (!_aliases.ContainsKey(name) && !_commands.ContainsKey(name) && PowerShells.Value.Contains(name))
            throw new NotSupportedByHostException($"command {name}", position);
    }

    private static bool IsProgram(string name) => name.AsSpan().ContainsAny('/', '\\')
        ? File.Exists(name)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(d => File.Exists(Path.Combine(d, name)) || (OperatingSystem.IsWindows() && File.Exists(Path.Combine(d, name + ".exe"))));

    private static HashSet<string> ReadNames()
    {
        using Stream stream = typeof(CommandTable).Assembly.GetManifestResourceStream("PipelineHost.Commands.PowerShellCommands.txt")!;
        using var reader = new StreamReader(stream);
        return new HashSet<string>(reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
            StringComparer.OrdinalIgnoreCase);
    }
}

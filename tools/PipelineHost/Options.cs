namespace PipelineHost;

/// <summary>The command line.</summary>
internal sealed record Options(IReadOnlyList<string> Modules, string? File, string? Command)
{
    public const string Usage = "Usage: dotnet PipelineHost.dll [-Module path.psd1]... (-File script.ps1 | -Command text)";

    /// <exception cref="ArgumentException">The command line is not one of this program.</exception>
    public static Options Parse(string[] arguments)
    {
        var modules = new List<string>();
        string? file = null, command = null;
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) throw new ArgumentException($"{arguments[i]} needs a value.");
            string value = arguments[i + 1];
            switch (arguments[i].ToUpperInvariant())
            {
                case "-MODULE": modules.Add(value); break;
                case "-FILE" when file is null: file = value; break;
                case "-COMMAND" when command is null: command = value; break;
                default: throw new ArgumentException($"{arguments[i]} is not known or given twice.");
            }
        }
        if (file is null == command is null) throw new ArgumentException("One of -File and -Command is needed.");
        return new Options(modules, file, command);
    }
}

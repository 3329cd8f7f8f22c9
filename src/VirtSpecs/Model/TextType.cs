using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VirtSpecs;

/// <summary>Text of some form.</summary>
internal sealed partial class TextType : ScalarType<string>
{
    private static readonly Dictionary<TextForm, Rule> Rules = new()
    {
        [TextForm.Line] = new("text", null, 4096) { IsEmptyAllowed = true },
        [TextForm.Lines] = new("text", null, 16384) { IsEmptyAllowed = true },
        [TextForm.Name] = new("a name of letters, digits, '-', '.' and '_' that starts with a letter or digit", NamePattern(), 63),
        [TextForm.Path] = new("a path", null, MaximumPath) { IsFile = static _ => true },
        [TextForm.InterfaceAddress] = new("an IP address with the length of its prefix, such as 10.20.0.10/24",
            InterfaceAddressPattern(), 64) { IsValid = IsInterfaceAddress },
        [TextForm.HardwareAddress] = new("the hardware address of one adapter, such as 02:00:00:00:00:01", HardwareAddressPattern(), 17),
        // Linux: dev_valid_name, 15 bytes.
        [TextForm.InterfaceName] = new("the name of a network interface, such as tap0", InterfaceNamePattern(), 15),
        [TextForm.Version] = new("a version of letters, digits, '.', '-', '+' and '_' that starts with a letter or digit",
            VersionPattern(), LayerVersion.MaximumLength),
        [TextForm.VariableName] = new("the name of an environment variable, without '='", VariableNamePattern(), 255),
        [TextForm.Program] = new("a program: a file, a path below a root such as {ProgramFiles}, or a bare name", HostPathPattern(),
            MaximumPath) { IsFile = HostFiles.IsProgram },
        [TextForm.ProgramDirectory] = new("a directory, or a path below a root such as {Temp}", HostPathPattern(),
            MaximumPath) { IsFile = HostFiles.IsHostPath },
        [TextForm.Package] = new("a Debian package: its name in small letters, or a file such as ./hello.deb", PackagePattern(),
            MaximumPath) { IsFile = HostFiles.IsPackage },
        [TextForm.RootedPath] = new("a path below a root, such as {ProgramFiles}\\nodejs, without empty, '.' or '..' segments",
            RootedPathPattern(), MaximumPath),
        [TextForm.ViewPath] = new("a path below a root, such as {Documents}, or an absolute one, without empty, '.' or '..' segments",
            ViewPathPattern(), MaximumPath),
        [TextForm.ViewProgram] = new("a program: a path below a root, such as {ProgramFiles}\\nodejs\\node.exe, an absolute one, or a bare name",
            ViewProgramPattern(), MaximumPath),
        [TextForm.Place] = new("a path below a root, such as {Documents}, or a registry key, such as HKCU\\Software\\Demo",
            PlacePattern(), MaximumPath),
        [TextForm.PlacePattern] = new("a pattern of paths below a root, such as {Temp}/**, or of registry keys, such as HKCU\\Software\\Demo\\**",
            PlacePatternPattern(), MaximumPath),
    };

    private const int MaximumPath = 4096;

    // A root; what follows a separator, save what Windows takes for an empty name or one with dots alone; the registry's roots.
    private const string KnownRoot = @"\{[A-Za-z][A-Za-z0-9]*\}";
    private const string Segment = @"(?![. ]+([\\/]|$))[^\\/]+";
    private const string Rooted = KnownRoot + @"([\\/]" + Segment + ")*";
    private const string Viewed = Rooted + @"|[A-Za-z]:([\\/]|([\\/]" + Segment + ")+)|/|(/" + Segment + ")+";
    private const string RegistryRoot = @"(HKLM|HKCU|HKU\\\.DEFAULT|HKEY_LOCAL_MACHINE|HKEY_CURRENT_USER|HKEY_USERS\\\.DEFAULT)";

    private readonly TextForm _form;
    private readonly Rule _rule;
    private readonly int _maximumLength;

    public TextType(TextForm form, int maximumLength)
    {
        _form = form;
        _rule = Rules[form];
        _maximumLength = Math.Min(maximumLength, _rule.MaximumLength);
    }

    public override string Description => _rule.Description;

    public override string Limits =>
        string.Create(CultureInfo.InvariantCulture, $"{(_rule.IsEmptyAllowed ? "Up to" : "1 to")} {_maximumLength} characters");

    protected override ScalarKind Kind => ScalarKind.Text;

    public override JsonObject Schema()
    {
        var schema = new JsonObject { ["type"] = "string", ["maxLength"] = _maximumLength };
        if (!_rule.IsEmptyAllowed)
        {
            schema["minLength"] = 1;
        }

        if (_rule.Pattern is { } pattern)
        {
            schema["pattern"] = pattern.ToString();
        }

        return schema;
    }

    public override object Root(object value, string directory) =>
        _rule.IsFile?.Invoke((string)value) == true ? Path.GetFullPath((string)value, directory) : value;

    protected override bool TryParse(string text, out string value)
    {
        value = text;
        return true;
    }

    protected override string Format(string value) => value;

    protected override string? FindFault(string value)
    {
        if (value.Length == 0 && !_rule.IsEmptyAllowed)
        {
            return "must not be empty";
        }

        if (value.Length > _maximumLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"must be at most {_maximumLength} characters, not {value.Length}");
        }

        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i]) && !(_form == TextForm.Lines && value[i] is '\n' or '\t'))
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"has the control character U+{(int)value[i]:X4} at {i + 1}, which has no place here");
            }

            if (char.IsSurrogate(value[i]) && !(i + 1 < value.Length && char.IsSurrogatePair(value[i], value[++i])))
            {
                return "has half a surrogate pair, which is no character";
            }
        }

        return _rule.Pattern?.IsMatch(value) == false || _rule.IsValid?.Invoke(value) == false
            ? $"must be {Description}, not {Quoting.Quote(value)}"
            : null;
    }

    protected override string? Suggest(SpecScalar scalar) =>
        scalar.Kind == ScalarKind.Null ? null : $"write \"{Quoting.Shorten(scalar.Text)}\" in quotes";

    private static bool IsInterfaceAddress(string value)
    {
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return IPAddress.TryParse(value.AsSpan(0, slash), out var address)
            && int.Parse(value.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture)
                <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            && (address.AddressFamily != AddressFamily.InterNetwork || address.ToString().Length == slash);
    }

    // Generated, as a worker that starts has no time to build them; none can backtrack over more than a segment.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[0-9A-Fa-f.:]+/[0-9]{1,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceAddressPattern();

    // The second digit is even: an address of one, not of a group.
    [GeneratedRegex("^(?!00([:-]00){5}$)[0-9A-Fa-f][02468ACEace]([:-][0-9A-Fa-f]{2}){5}$", RegexOptions.CultureInvariant)]
    private static partial Regex HardwareAddressPattern();

    [GeneratedRegex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceNamePattern();

    [GeneratedRegex(LayerVersion.Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();

    [GeneratedRegex("^[^=]+$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableNamePattern();

    [GeneratedRegex("^(" + Rooted + "|[^{].*)$", RegexOptions.CultureInvariant)]
    private static partial Regex HostPathPattern();

    // Names: Debian Policy Manual 5.6.7.
    [GeneratedRegex(@"^([a-z0-9][a-z0-9+.-]+|.*[\\/].*|.*\.deb)$", RegexOptions.CultureInvariant)]
    private static partial Regex PackagePattern();

    [GeneratedRegex("^" + Rooted + "$", RegexOptions.CultureInvariant)]
    private static partial Regex RootedPathPattern();

    [GeneratedRegex("^(" + Viewed + ")$", RegexOptions.CultureInvariant)]
    private static partial Regex ViewPathPattern();

    [GeneratedRegex("^(" + Viewed + @"|(?![. ]+$)[^\\/:{]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex ViewProgramPattern();

    [GeneratedRegex("^(" + Rooted + "|" + RegistryRoot + @"(\\[^\\]+)*)$", RegexOptions.CultureInvariant)]
    private static partial Regex PlacePattern();

    // ** is a segment of its own.
    [GeneratedRegex("^((" + KnownRoot + @"|\*\*)([\\/](\*\*|(?![. ]+([\\/]|$))([^\\/*]|\*(?!\*))+))*|" + RegistryRoot
        + @"(\\(\*\*|([^\\*]|\*(?!\*))+))*)$", RegexOptions.CultureInvariant)]
    private static partial Regex PlacePatternPattern();

    /// <summary>What holds for texts of a form.</summary>
    /// <param name="Description">What they are, to follow "must be".</param>
    /// <param name="Pattern">What they look like.</param>
    /// <param name="MaximumLength">The largest length in UTF-16 units.</param>
    private sealed record Rule(string Description, Regex? Pattern, int MaximumLength)
    {
        public bool IsEmptyAllowed { get; init; }

        /// <summary>What the pattern can't say.</summary>
        public Predicate<string>? IsValid { get; init; }

        /// <summary>Whether a text names a file of the host, to be made a full path.</summary>
        public Predicate<string>? IsFile { get; init; }
    }
}

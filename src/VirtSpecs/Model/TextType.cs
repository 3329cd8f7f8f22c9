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
        [TextForm.Line] = new("text", null, IsEmptyAllowed: true, 4096),
        [TextForm.Lines] = new("text", null, IsEmptyAllowed: true, 16384),
        [TextForm.Name] = new("a name of letters, digits, '-', '.' and '_' that starts with a letter or digit",
            NamePattern(), IsEmptyAllowed: false, 63),
        [TextForm.Path] = new("a path", null, IsEmptyAllowed: false, 4096),
        [TextForm.InterfaceAddress] = new("an IP address with the length of its prefix, such as 10.20.0.10/24",
            InterfaceAddressPattern(), IsEmptyAllowed: false, 64),
    };

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
        _form == TextForm.Path ? Path.GetFullPath((string)value, directory) : value;

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

        return _rule.Pattern?.IsMatch(value) == false || (_form == TextForm.InterfaceAddress && !IsInterfaceAddress(value))
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

    // Generated, as a worker that starts has no time to build them; neither can backtrack over more than a character.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex("^[0-9A-Fa-f.:]+/[0-9]{1,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceAddressPattern();

    private sealed record Rule(string Description, Regex? Pattern, bool IsEmptyAllowed, int MaximumLength);
}

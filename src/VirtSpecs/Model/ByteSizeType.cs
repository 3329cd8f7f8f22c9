using System.Globalization;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>Sizes in bytes.</summary>
internal sealed class ByteSizeType(SpecMemberAttribute attribute) : RangedType<ByteSize>(attribute)
{
    public override string Description => "a size such as 512MiB or 4GiB";

    protected override ScalarKind Kind => ScalarKind.Text;

    public override JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = ByteSize.Pattern };

    protected override bool TryParse(string text, out ByteSize value) => ByteSize.TryParse(text, out value);

    protected override string Format(ByteSize value) => value.ToString();

    protected override bool IsMultiple(ByteSize value, ByteSize unit) => value.Bytes % unit.Bytes == 0;

    // 512M, 512MB, 512 mb, 512mib, 536870912
    protected override string? Suggest(SpecScalar scalar)
    {
        var text = scalar.Text.Trim();
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var (number, unit) = digits < 0 ? (text, "") : (text[..digits], text[digits..].Trim().ToUpperInvariant());
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return null;
        }

        var prefix = unit.TrimEnd('B').TrimEnd('I');
        return prefix is "" or "K" or "M" or "G" or "T" or "P"
            && ByteSize.TryParse($"{count}{prefix}{(prefix is "" ? "B" : "iB")}", out var size)
            ? $"write {size}"
            : null;
    }
}

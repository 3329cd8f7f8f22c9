namespace VirtSpecs;

/// <summary>A rule over several members of a record that isn't kept.</summary>
/// <param name="Property">
/// The property to blame, optionally with <c>[index].member</c> behind it; <see langword="null"/> for the record.
/// </param>
/// <param name="Message">What is wrong, to be read behind the key.</param>
/// <param name="Hint">What to do about it, if that isn't plain.</param>
internal readonly record struct SpecViolation(string? Property, string Message, string? Hint = null)
{
    /// <summary>Finds layers in a list that are there already.</summary>
    public static IEnumerable<SpecViolation> Duplicates(string property, IEnumerable<LayerReference> layers)
    {
        var seen = new HashSet<LayerReference>();
        return layers.Select((layer, index) => (layer, index))
            .Where(item => !seen.Add(item.layer))
            .Select(item => new SpecViolation($"{property}[{item.index}]", $"the layer '{item.layer}' is in the list already"));
    }

    /// <summary>Finds items of a list that carry the name of an earlier one; case doesn't distinguish names.</summary>
    public static IEnumerable<SpecViolation> Duplicates(string property, IEnumerable<string> names, string member, string noun)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        return names.Select((name, index) => (name, index))
            .Where(item => !seen.Add(item.name))
            .Select(item => new SpecViolation($"{property}[{item.index}].{member}", $"another {noun} is named '{item.name}' already"));
    }
}

using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace VirtSpecs;

/// <summary>One key of a record in specs: its name, type, default and limits.</summary>
internal sealed class SpecMember
{
    private readonly PropertyInfo _property;

    public SpecMember(PropertyInfo property, SpecMemberAttribute attribute, object defaults)
    {
        _property = property;
        Key = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Description = attribute.Description;
        NeedsRestart = attribute.NeedsRestart;
        MakesAnew = attribute.MakesAnew;
        IsRequired = property.IsDefined(typeof(RequiredMemberAttribute));
        IsUnsupported = property.IsDefined(typeof(UnsupportedAttribute));
        Default = property.GetValue(defaults);
        Type = SpecType.Of(property.PropertyType, attribute);
    }

    /// <summary>The key, in camelCase.</summary>
    public string Key { get; }

    /// <summary>The name of the property.</summary>
    public string PropertyName => _property.Name;

    /// <summary>What the key says, one sentence.</summary>
    public string Description { get; }

    /// <summary>The description with the type's limits and what this version doesn't support.</summary>
    public string Summary => string.Join(' ', new[] { Description, Type.Limits.Length > 0 ? $"{Type.Limits}." : null, Restriction }
        .Where(part => part is not null));

    /// <summary>What this version doesn't support of the member, <see langword="null"/> if nothing.</summary>
    public string? Restriction => IsUnsupported ? "Not supported by this version."
        : Type is EnumerationType { Unsupported: var words } && words.Any() ? $"Not supported by this version: {string.Join(", ", words)}."
        : null;

    /// <summary>Whether every document must have the key.</summary>
    public bool IsRequired { get; }

    /// <summary>Whether this version can't carry out any value but the default.</summary>
    public bool IsUnsupported { get; }

    /// <summary>Whether a running thing must be stopped for the change.</summary>
    public bool NeedsRestart { get; }

    /// <summary>Whether the thing must be made anew for the change.</summary>
    public bool MakesAnew { get; }

    /// <summary>The value where a document doesn't have the key; <see langword="null"/> for none.</summary>
    public object? Default { get; }

    /// <summary>The type of the values.</summary>
    public SpecType Type { get; }

    /// <summary>The member's value.</summary>
    public object? Get(object record) => _property.GetValue(record);

    /// <summary>Gives a record that nobody has seen yet a value.</summary>
    public void Initialize(object record, object? value) => _property.SetValue(record, value);
}

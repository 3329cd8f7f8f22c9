using System.Reflection;

namespace VirtSpecs;

/// <summary>A kind of document, known by the record that bears its name.</summary>
internal sealed class SpecKind
{
    /// <summary>The keys of a document that say what it is; they belong to no record.</summary>
    public static readonly string[] HeaderKeys = ["apiVersion", "kind"];

    public SpecKind(Type type)
    {
        Name = type.Name;
        Description = type.GetCustomAttribute<SpecKindAttribute>()?.Description
            ?? throw new ArgumentException($"{type} isn't marked as a kind of spec.", nameof(type));
        Record = RecordType.Of(type);
    }

    /// <summary>All kinds of this version, in the order of their names.</summary>
    public static IReadOnlyList<SpecKind> All { get; } =
    [
        .. typeof(Spec).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(SpecKindAttribute)))
            .Select(type => new SpecKind(type))
            .OrderBy(kind => kind.Name, StringComparer.Ordinal),
    ];

    /// <summary>The name, as documents say it.</summary>
    public string Name { get; }

    /// <summary>What a document of the kind describes.</summary>
    public string Description { get; }

    /// <summary>The record.</summary>
    public RecordType Record { get; }
}

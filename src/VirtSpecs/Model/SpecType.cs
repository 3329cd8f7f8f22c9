using System.Reflection;
using System.Text.Json.Nodes;

namespace VirtSpecs;

/// <summary>A type of value in specs: how it is read from a document, written, checked, and told to editors.</summary>
internal abstract class SpecType
{
    /// <summary>What the type is, to follow "must be": <c>a size such as 512MiB</c>.</summary>
    public abstract string Description { get; }

    /// <summary>The type's limits in words, empty if there are none.</summary>
    public virtual string Limits => "";

    /// <summary>Reads a value, reporting what is wrong; <see langword="null"/> when nothing could be made of it.</summary>
    public abstract object? Read(SpecNode node, string path, SpecReport report);

    /// <summary>Writes a value so that <see cref="Read"/> gives an equal one.</summary>
    public abstract SpecNode Write(object value);

    /// <summary>The value as one line, as a spec would say it.</summary>
    public abstract string Format(object value);

    /// <summary>The JSON schema (2020-12) of the type.</summary>
    public abstract JsonObject Schema();

    /// <summary>Checks a value and all that it consists of.</summary>
    public abstract void Check(object value, string path, SpecReport report);

    /// <summary>The value with every relative path in it made absolute.</summary>
    public virtual object Root(object value, string directory) => value;

    /// <summary>The type of a property, with the limits that its attribute sets.</summary>
    public static SpecType Of(Type type, SpecMemberAttribute attribute)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(int) => new IntegerType(attribute),
            _ when type == typeof(bool) => new BooleanType(),
            _ when type == typeof(string) => new TextType(attribute.Form, attribute.MaximumLength),
            _ when type == typeof(ByteSize) => new ByteSizeType(attribute),
            _ when type == typeof(TimeSpan) => new DurationType(attribute),
            _ when type == typeof(LabelDictionary) => new LabelsType(attribute),
            _ when type == typeof(LayerReference) => new LayerReferenceType(),
            _ when type.IsEnum => new EnumerationType(type),
            { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ValueList<>) =>
                ListType.OfItems(type.GenericTypeArguments[0], attribute),
            _ when type.GetProperties().Any(property => property.IsDefined(typeof(SpecMemberAttribute))) => RecordType.Of(type),
            _ => throw new NotSupportedException($"Specs have no type for {type}."),
        };
    }
}

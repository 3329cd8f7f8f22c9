using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Reflection;

namespace PipelineHost.Binding;

/// <summary>A parameter of one call of a command: what is known of it, and the place where its value goes.</summary>
internal sealed class CommandParameter
{
    private readonly Action<object?> _set;
    private readonly Func<object?> _get;

    private CommandParameter(string name, Type type, IReadOnlyList<Attribute> attributes, ParameterSetNames names, ParameterOrigin origin,
        Func<object?> get, Action<object?> set)
    {
        Name = name;
        Type = type;
        Origin = origin;
        _get = get;
        _set = set;
        Aliases = [.. attributes.OfType<AliasAttribute>().SelectMany(a => a.AliasNames)];
        Sets =
        [
            .. attributes.OfType<ParameterAttribute>()
                .Select(a => new ParameterSetData(names.FlagOf(a.ParameterSetName), a.Mandatory, a.Position,
                a.ValueFromPipeline, a.ValueFromPipelineByPropertyName, a.ValueFromRemainingArguments)),
        ];
        InAllSets = Sets.Any(s => s.InAllSets);
        SetFlags = Sets.Aggregate(0u, (flags, s) => flags | s.Flag);
        Validators = [.. attributes.OfType<ValidateArgumentsAttribute>()];
        Transformations = [.. attributes.OfType<ArgumentTransformationAttribute>()];
        AllowsNull = attributes.Any(a => a is AllowNullAttribute);
        AllowsEmptyString = attributes.Any(a => a is AllowEmptyStringAttribute);
        AllowsEmptyCollection = attributes.Any(a => a is AllowEmptyCollectionAttribute);
        IsRefused = attributes.Any(a => a is RefusedAttribute);
        (Collection, ElementType) = CollectionOf(type);
    }

    public string Name { get; }
    public Type Type { get; }
    public ParameterOrigin Origin { get; }
    public IReadOnlyList<string> Aliases { get; }
    public IReadOnlyList<ParameterSetData> Sets { get; }
    public uint SetFlags { get; }
    public bool InAllSets { get; }
    public IReadOnlyList<ValidateArgumentsAttribute> Validators { get; }
    public IReadOnlyList<ArgumentTransformationAttribute> Transformations { get; }
    public bool AllowsNull { get; }
    public bool AllowsEmptyString { get; }
    public bool AllowsEmptyCollection { get; }
    public CollectionKind Collection { get; }
    public Type? ElementType { get; }
    public bool IsRefused { get; }
    public bool IsMandatorySomewhere => Sets.Any(s => s.Mandatory);
    public object? Value { get => _get(); set => _set(value); }

    public static IEnumerable<CommandParameter> Of(object target, ParameterSetNames names, ParameterOrigin origin) =>
        ParameterDeclaration.Of(target.GetType())
            .Select(d => new CommandParameter(d.Property.Name, d.Property.PropertyType, d.Attributes, names, origin,
            () => d.Property.GetValue(target),
            v =>
            {
                try
                {
                    d.Property.SetValue(target, v);
                }
                catch (TargetInvocationException e) when (e.InnerException is not null)
                {
                    throw e.InnerException;
                }
            }));

    public static CommandParameter Of(RuntimeDefinedParameter runtime, ParameterSetNames names) =>
        new(runtime.Name, runtime.ParameterType, runtime.Attributes, names, ParameterOrigin.Dynamic, () => runtime.Value, v =>
            runtime.Value = v);

    public bool IsIn(uint sets) => InAllSets || (SetFlags & sets) != 0;

    public IEnumerable<ParameterSetData> SetsMatching(uint sets) => Sets.Where(s => s.InAllSets || (s.Flag & sets) != 0);

    public bool TakesInput(uint sets) => SetsMatching(sets).Any(s => s.FromInput);

    private static (CollectionKind Kind, Type? Element) CollectionOf(Type type)
    {
        if (type.IsArray) return (CollectionKind.Array, type.GetElementType());
        Type[] interfaces = type.GetInterfaces();
        if (typeof(IDictionary).IsAssignableFrom(type) || interfaces.Append(type).Any(i => IsGeneric(i, typeof(IDictionary<,>))))
            return default;
        bool list = interfaces.Contains(typeof(IList));
        if (list && IsGeneric(type, typeof(Collection<>))) return (CollectionKind.List, type.GetGenericArguments()[0]);
        if (Array.Find(interfaces, i => IsGeneric(i, typeof(ICollection<>))) is { } generic)
            return (CollectionKind.Generic, generic.GetGenericArguments()[0]);
        return list ? (CollectionKind.List, null) : default;
    }

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;
}

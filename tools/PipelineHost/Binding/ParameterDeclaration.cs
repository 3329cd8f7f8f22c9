using System.Collections.Concurrent;
using System.Management.Automation;
using System.Reflection;

namespace PipelineHost.Binding;

/// <summary>A property that a Parameter attribute makes a parameter, read once per type.</summary>
internal sealed record ParameterDeclaration(PropertyInfo Property, IReadOnlyList<Attribute> Attributes)
{
    private static readonly ConcurrentDictionary<Type, ParameterDeclaration[]> Known = new();

    public static IReadOnlyList<ParameterDeclaration> Of(Type type) => Known.GetOrAdd(type, static t =>
    [
        .. from property in t.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let attributes = Attribute.GetCustomAttributes(property, true)
           where attributes.Any(a => a is ParameterAttribute)
           select new ParameterDeclaration(property, attributes),
    ]);
}

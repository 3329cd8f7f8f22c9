using System.Reflection;
using System.Runtime.Loader;

namespace VirtTools.Build.Packaging.Profiles;

/// <summary>Finds methods by name in a program's assemblies and in the framework's.</summary>
internal sealed class MethodFinder
{
    private const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    // Stands for every class in code that instantiations share.
    private static readonly Type Canon = typeof(object).Assembly.GetType("System.__Canon", throwOnError: true)!;

    private static readonly Dictionary<string, Type> Primitives = new()
    {
        ["bool"] = typeof(bool), ["char"] = typeof(char), ["byte"] = typeof(byte), ["ubyte"] = typeof(byte), ["sbyte"] = typeof(sbyte),
        ["short"] = typeof(short), ["ushort"] = typeof(ushort), ["int"] = typeof(int), ["uint"] = typeof(uint), ["long"] = typeof(long),
        ["ulong"] = typeof(ulong), ["float"] = typeof(float), ["double"] = typeof(double), ["nint"] = typeof(nint), ["nuint"] = typeof(nuint),
    };

    private readonly List<Assembly> _assemblies = [];

    /// <summary>Looks into assemblies.</summary>
    /// <param name="own">Files of the program's own assemblies.</param>
    /// <param name="framework">Names of the framework's.</param>
    internal MethodFinder(IEnumerable<string> own, IEnumerable<string> framework)
    {
        var context = new AssemblyLoadContext(nameof(MethodFinder));
        _assemblies.AddRange(own.Select(context.LoadFromAssemblyPath));
        _assemblies.AddRange(framework.Select(name => context.LoadFromAssemblyName(new(name))));
    }

    /// <summary>The methods that bear a name: all overloads.</summary>
    internal IEnumerable<FoundMethod> Find(MethodName name)
    {
        if (Find(name.Type) is not { Ranks: 0 } type || FindAll(name.Arguments) is not { } arguments) return [];
        return type.Definition.GetMembers(All).OfType<MethodBase>()
            .Where(method => method.Name == name.Name && (method.IsGenericMethod ? method.GetGenericArguments().Length : 0) == arguments.Count)
            .Select(method => new FoundMethod(type, method, arguments));
    }

    private FoundType? Find(TypeName name)
    {
        var definition = name.Name == Canon.FullName ? Canon
            : Primitives.GetValueOrDefault(name.Name) ?? _assemblies.Select(assembly => assembly.GetType(name.Name)).FirstOrDefault(type => type is not null);
        return definition is not null && FindAll(name.Arguments) is { } arguments && definition.GetGenericArguments().Length == arguments.Count
            ? new(definition, arguments, name.Ranks.Length / TypeName.Array.Length)
            : null;
    }

    private List<FoundType>? FindAll(IReadOnlyList<TypeName> names)
    {
        var found = names.Select(Find).OfType<FoundType>().ToList();
        return found.Count == names.Count ? found : null;
    }
}

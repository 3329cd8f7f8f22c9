using System.Globalization;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Xunit.Sdk;

namespace VirtEngine.Conformance;

/// <summary>
/// The suite as cases that run without a test host, for processes and computers that have none: every test class of this assembly, closed over a
/// backend.
/// </summary>
public static class ConformanceSuite
{
    /// <summary>All cases against a backend, by class and method.</summary>
    public static IReadOnlyList<ConformanceCase> For<TBackend>() where TBackend : IBackend =>
    [
        .. from type in typeof(ConformanceSuite).Assembly.GetExportedTypes()
           where type.IsGenericTypeDefinition && type.Name.EndsWith("Tests`1", StringComparison.Ordinal)
           orderby type.Name
           from one in CasesOf(type.MakeGenericType(typeof(TBackend)))
           select one,
    ];

    private static IEnumerable<ConformanceCase> CasesOf(Type type) =>
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where method.GetCustomAttribute<FactAttribute>() is not null
        orderby method.Name
        from arguments in ArgumentsOf(method)
        select new ConformanceCase(NameOf(type, method, arguments), () => Invoke(type, method, arguments));

    private static IEnumerable<object?[]> ArgumentsOf(MethodInfo method) => method.GetCustomAttribute<TheoryAttribute>() is null
        ? [[]]
        : method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method));

    private static string NameOf(Type type, MethodInfo method, object?[] arguments) =>
        $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}.{method.Name}{(arguments.Length == 0 ? "" : $"({string.Join(", ", arguments.Select(Text))})")}";

    private static string Text(object? argument) => argument switch
    {
        byte[] bytes => Convert.ToHexString(bytes),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => argument?.ToString() ?? "null",
    };

    private static void Invoke(Type type, MethodInfo method, object?[] arguments)
    {
        try
        {
            var test = Activator.CreateInstance(type)!;
            using var disposable = test as IDisposable;
            method.Invoke(test, BindingFlags.DoNotWrapExceptions, null, [.. arguments.Zip(method.GetParameters(), Fit)], CultureInfo.InvariantCulture);
        }
        catch (TargetInvocationException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
        }
    }

    // As a test host does: a number in an attribute has the type of its literal, not that of the parameter.
    private static object? Fit(object? argument, ParameterInfo parameter) =>
        argument is IConvertible && parameter.ParameterType is { IsPrimitive: true } type && argument.GetType() != type
            ? Convert.ChangeType(argument, type, CultureInfo.InvariantCulture)
            : argument;
}

using System.Reflection;
using System.Runtime.ExceptionServices;

namespace LabRunner;

/// <summary>Something to run whose outcome is told.</summary>
/// <param name="Name">Its name, unlike all others of its suite.</param>
/// <param name="Run">Throws when it fails.</param>
public sealed record LabCase(string Name, Action Run)
{
    /// <summary>The name of the property by which a type gives cases that are no methods of its own.</summary>
    public const string Property = "Cases";

    /// <summary>The runner's exit code when a case did not end in time.</summary>
    public const int HungExitCode = 3;

    /// <summary>
    /// The cases of a type: its public static methods without parameters that return nothing, and, behind them, what its public static
    /// property <c>Cases</c> lists.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are none, or two of one name.</exception>
    public static IReadOnlyList<LabCase> Of(Type suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var cases = new List<LabCase>();
        foreach (var method in suite.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
            if (!method.IsSpecialName && method.ReturnType == typeof(void) && method.GetParameters().Length == 0)
                cases.Add(new LabCase(method.Name, method.CreateDelegate<Action>()));
        if (suite.GetProperty(Property, BindingFlags.Public | BindingFlags.Static) is { } property)
            cases.AddRange((IEnumerable<LabCase>)Value(property)!);
        if (cases.Count == 0) throw new InvalidOperationException($"{suite.FullName} has no cases: no public static void methods without parameters, no property {Property}.");
        if (cases.CountBy(one => one.Name).FirstOrDefault(count => count.Value > 1).Key is { } twice) throw new InvalidOperationException($"{suite.FullName} has two cases '{twice}'.");
        return cases;
    }

    private static object? Value(PropertyInfo property)
    {
        try
        {
            return property.GetValue(null);
        }
        catch (TargetInvocationException e) when (e.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(e.InnerException);
            throw;
        }
    }
}

using System.Collections;
using System.Management.Automation;
using VirtFoundation;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>What completers share.</summary>
internal static class Completion
{
    /// <summary>The root that the command being typed works on.</summary>
    internal static VirtRoot? Root(IDictionary bound)
    {
        try
        {
            return Enum.TryParse<RootScope>(bound?["Scope"]?.ToString() ?? nameof(RootScope.User), ignoreCase: true, out var scope) ? VirtRoot.Find(scope) : null;
        }
        catch (VirtException)
        {
            return null; // The command itself will say it.
        }
    }

    /// <summary>The names that begin with a word, quoted where they need it.</summary>
    internal static IEnumerable<CompletionResult> Of(IEnumerable<string> names, string word)
    {
        var begun = (word ?? "").Trim('\'', '"');
        return names.Where(name => name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(name, name, CompletionResultType.ParameterValue, name));
    }
}

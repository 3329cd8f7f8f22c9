using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VirtFoundation;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of things of one kind.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var begun = (wordToComplete ?? "").Trim('\'', '"');
        return (Root(fakeBoundParameters) is { } root ? NamesIn(root) : [])
            .Where(name => name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(name => new CompletionResult(name, name, CompletionResultType.ParameterValue, name));
    }

    /// <summary>The names of all of them.</summary>
    private protected abstract IEnumerable<string> NamesIn(VirtRoot root);

    // The root that the command being typed works on.
    private static VirtRoot? Root(IDictionary? bound)
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
}

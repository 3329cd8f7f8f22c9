using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>Completes names of virtual applications.</summary>
public sealed class ApplicationNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            Completion.Root(fakeBoundParameters) is { } root ? new LocalApplicationHost(root).GetNames() : [], wordToComplete);
}

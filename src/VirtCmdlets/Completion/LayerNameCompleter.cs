using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AppLayer.Store;

namespace VirtCmdlets;

/// <summary>Completes layers, as <c>name@version</c>.</summary>
public sealed class LayerNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            Completion.Root(fakeBoundParameters) is { } root ? new LayerStore(root).List(static (_, _) => { }).Select(layer => $"{layer}") : [],
            wordToComplete);
}

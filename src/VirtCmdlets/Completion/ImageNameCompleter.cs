using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VirtEngine.Images;

namespace VirtCmdlets;

/// <summary>Completes names of images.</summary>
public sealed class ImageNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            Completion.Root(fakeBoundParameters) is { } root ? new ImageStore(root.Directory).List().Images.Select(image => image.Name).Distinct() : [],
            wordToComplete);
}

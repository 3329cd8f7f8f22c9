using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using AppLayer.Capture;

namespace VirtCmdlets;

/// <summary>Completes names of captures.</summary>
public sealed class CaptureNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(
            Completion.Root(fakeBoundParameters) is { } root ? new CaptureSessions(root).List(static (_, _) => { }).Select(capture => capture.Name) : [],
            wordToComplete);
}

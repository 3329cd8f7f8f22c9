using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of machines.</summary>
public sealed class MachineNameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Completion.Of(Completion.Root(fakeBoundParameters) is { } root ? Names(root) : [], wordToComplete);

    private static IEnumerable<string> Names(VirtRoot root) =>
        new VirtEngine.Hosts.LocalHost(root).GetMachineNames();
}

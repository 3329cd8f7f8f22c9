using VirtEngine.Hosts;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of switches.</summary>
public sealed class SwitchNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) => new LocalSwitchHost(root).GetNames();
}

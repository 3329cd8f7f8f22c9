using VirtEngine.Hosts;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of machines.</summary>
public sealed class MachineNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) =>
        new LocalHost(root).GetMachineNames();
}

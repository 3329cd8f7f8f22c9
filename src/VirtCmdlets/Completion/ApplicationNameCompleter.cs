using AppLayer.Applications;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of virtual applications.</summary>
public sealed class ApplicationNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) =>
        new LocalApplicationHost(root).GetNames();
}

using AppLayer.Store;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes layers, as <c>name@version</c>.</summary>
public sealed class LayerNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) =>
        new LayerStore(root).List(static (_, _) => { }).Select(layer => $"{layer}");
}

using VirtEngine.Images;
using VirtFoundation.Store;

namespace VirtCmdlets;

/// <summary>Completes names of images.</summary>
public sealed class ImageNameCompleter : NameCompleter
{
    private protected override IEnumerable<string> NamesIn(VirtRoot root) =>
        new ImageStore(root.Directory).List().Images.Select(image => image.Name).Distinct();
}

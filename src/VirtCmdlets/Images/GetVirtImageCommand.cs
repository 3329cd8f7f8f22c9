using System.Management.Automation;
using VirtEngine.Images;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Gets the images that are installed.</summary>
/// <example><code>Get-VirtImage debian*</code>Lists the images whose names begin with debian.</example>
[Cmdlet(VerbsCommon.Get, "VirtImage")]
[OutputType(typeof(ImageRecord))]
public sealed class GetVirtImageCommand : ImageCmdlet
{
    /// <summary>Names of images, all without it; wildcards are allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImageNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Writes the images.</summary>
    protected override void ProcessRecord() => Try(
        () =>
        {
            var list = Translate(Store.List);
            foreach (var problem in list.Problems)
            {
                WriteError(ErrorCatalog.ToRecord(new(VirtErrorCode.ImageInvalid, $"{problem.Digest}: {problem.Problem}"), problem.Digest));
            }

            foreach (var name in Name)
            {
                WriteObject(Match(list.Images, image => image.Name, name, VirtErrorCode.ImageNotFound, "image"), enumerateCollection: true);
            }
        },
        null);
}

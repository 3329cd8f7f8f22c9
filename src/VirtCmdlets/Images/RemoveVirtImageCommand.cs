using System.Management.Automation;
using VirtEngine.Images;
using VirtFoundation;

namespace VirtCmdlets;

/// <summary>Removes images that no machine boots.</summary>
/// <example><code>Get-VirtImage old* | Remove-VirtImage -Confirm:$false</code>Removes images out of the pipeline.</example>
[Cmdlet(VerbsCommon.Remove, "VirtImage", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
public sealed class RemoveVirtImageCommand : ImageCmdlet
{
    private const string ByName = "Name";
    private const string ByDigest = "Digest";

    /// <summary>Names of images; wildcards are allowed. Of several with the name the newest is meant.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByName)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ImageNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The image's digest, or at least 8 characters that it begins with.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByDigest, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Digest { get; set; } = [];

    /// <summary>Removes an image although machines boot it, and does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the images.</summary>
    protected override void ProcessRecord() => ForEach(ParameterSetName == ByName ? Name : Digest, wanted =>
    {
        foreach (var image in Choose(wanted))
        {
            Remove(image);
        }
    });

    private List<ImageRecord> Choose(string wanted)
    {
        if (ParameterSetName == ByName && WildcardPattern.ContainsWildcardCharacters(wanted))
        {
            var pattern = new WildcardPattern(wanted, WildcardOptions.IgnoreCase);
            return [.. Translate(Store.List).Images.Where(image => pattern.IsMatch(image.Name))];
        }

        return [VirtHost.FindImage(wanted)];
    }

    private void Remove(ImageRecord image)
    {
        if (!ShouldLose($"{image.Name} ({image.Digest[..12]})", "Remove-VirtImage", $"Remove the image '{image.Name}'?", Force))
        {
            return;
        }

        Translate(() =>
        {
            Store.Remove(image.Digest, digest => !Force && VirtHost.IsImageInUse(image.Name, digest)
                ? throw new VirtException(VirtErrorCode.ImageInUse, $"A machine boots the image '{image.Name}' ({digest[..12]}).")
                : false);
            return true;
        });
    }
}

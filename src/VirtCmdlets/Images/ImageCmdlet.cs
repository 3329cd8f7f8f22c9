using VirtEngine.Images;
using VirtFoundation;
using VirtFoundation.Formats;
using VirtFoundation.Packages;

namespace VirtCmdlets;

/// <summary>Cmdlets that work on images.</summary>
public abstract class ImageCmdlet : VirtCmdlet
{
    /// <summary>The images of the scope.</summary>
    internal ImageStore Store => new(VirtHost.Root.Directory);

    /// <summary>The store's failures as everybody's.</summary>
    internal static T Translate<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is ImageStoreException or ImageBuildException or PackageSourceException or MalformedDataException)
        {
            throw new VirtException(VirtErrorCode.ImageInvalid, e.Message, e);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new VirtException(VirtErrorCode.FileNotFound, e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VirtException(VirtErrorCode.StorageFailed, e.Message, e);
        }
    }
}

using VirtEngine.Images;
using VirtFoundation.Packages;

namespace VirtBenchmarks;

/// <summary>The guest made from Debian's packages, built once and kept beside the program until the output directory is cleaned.</summary>
internal static class DebianGuest
{
    /// <summary>What its init says first.</summary>
    internal const string UserspaceMarker = "virttools: userspace";

    private static ImageRecord? _image;

    /// <exception cref="FigureUnavailableException">This system has no Debian packages.</exception>
    internal static ImageRecord Image => _image ??= Provide();

    private static ImageRecord Provide()
    {
        var store = new ImageStore(Path.Combine(AppContext.BaseDirectory, "guest"));
        if (store.List().Images is [var made, ..]) return made;
        if (!File.Exists("/usr/bin/apt-get")) throw new FigureUnavailableException("the guest is made of Debian's packages");
        try
        {
            return new DebianImageBuilder(store).Build();
        }
        catch (PackageSourceException e)
        {
            throw new FigureUnavailableException(e.Message);
        }
    }
}

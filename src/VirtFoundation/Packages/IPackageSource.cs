namespace VirtFoundation.Packages;

/// <summary>Where Debian packages come from.</summary>
internal interface IPackageSource
{
    /// <summary>Looks a package up.</summary>
    /// <returns>Null if there is none of that name (it may be virtual).</returns>
    /// <exception cref="PackageSourceException">The source cannot be asked.</exception>
    PackageInfo? Find(string name, CancellationToken cancellation);

    /// <summary>Downloads a package into a directory; its content is verified.</summary>
    /// <returns>The .deb's path.</returns>
    /// <exception cref="PackageSourceException">It cannot be had.</exception>
    string Download(PackageInfo package, string directory, CancellationToken cancellation);
}

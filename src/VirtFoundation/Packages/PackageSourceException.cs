namespace VirtFoundation.Packages;

/// <summary>A package cannot be obtained: no apt on this host, no network, an unknown name, a full disk.</summary>
public sealed class PackageSourceException : Exception
{
    internal PackageSourceException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

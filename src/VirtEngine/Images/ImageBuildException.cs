namespace VirtEngine.Images;

/// <summary>A guest cannot be composed from the packages that were found.</summary>
public sealed class ImageBuildException : Exception
{
    internal ImageBuildException(string message) : base(message)
    {
    }
}

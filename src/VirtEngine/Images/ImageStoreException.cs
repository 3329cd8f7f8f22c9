namespace VirtEngine.Images;

/// <summary>The image store cannot do what was asked: an unknown or ambiguous image, one in use, one from a newer version, a store in use.</summary>
public sealed class ImageStoreException : Exception
{
    internal ImageStoreException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

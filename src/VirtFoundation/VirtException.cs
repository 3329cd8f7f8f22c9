namespace VirtFoundation;

/// <summary>A failure that the person who asked can understand and often mend.</summary>
public sealed class VirtException : Exception
{
    /// <summary>Makes a failure.</summary>
    /// <param name="code">What went wrong, by name.</param>
    /// <param name="message">One or two sentences for the admin.</param>
    /// <param name="inner">What caused it.</param>
    public VirtException(VirtErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>What went wrong, by name.</summary>
    public VirtErrorCode Code { get; }

    /// <summary>A failure of the file system, with the path that it concerns.</summary>
    internal static VirtException Storage(string what, Exception cause) =>
        new(cause is UnauthorizedAccessException ? VirtErrorCode.AccessDenied : VirtErrorCode.StorageFailed, $"{what}: {cause.Message}", cause);
}

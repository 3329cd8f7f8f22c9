using System.Runtime.InteropServices;

namespace VirtFoundation.Interop;

/// <summary>Errors of the C library as the exceptions that the runtime itself throws for them: an input/output error's HResult is <c>errno</c>.</summary>
internal static class UnixError
{
    /// <summary>The exception for the last failed call.</summary>
    /// <param name="path">What it was about.</param>
    internal static Exception Last(string path) => Of(Marshal.GetLastPInvokeError(), path);

    internal static Exception Of(int error, string path)
    {
        var message = $"'{path}': {Marshal.GetPInvokeErrorMessage(error)}";
        return error switch
        {
            Libc.EACCES or Libc.EPERM => new UnauthorizedAccessException(message),
            Libc.ENOENT => new FileNotFoundException(message, path),
            _ => new IOException(message, error),
        };
    }
}

using System.Globalization;
using VirtFoundation.Store;

namespace VirtFoundation.Launching;

/// <summary>What is known of a worker that ended without a word.</summary>
internal static class LostWorker
{
    /// <summary>Says when a worker was lost, in a sentence.</summary>
    /// <param name="directory">Full path of what it ran.</param>
    /// <param name="run">Its run.</param>
    internal static string Describe(string directory, IRunRecord run)
    {
        // The last file that it touched is its last sign of life.
        var last = LastWrites(directory).Append(run.Started).Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The worker (process {run.Process.Id}) ended unexpectedly at {last:yyyy-MM-dd HH:mm:ss} UTC or later.");
    }

    private static DateTime[] LastWrites(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFiles().Select(file => file.LastWriteTimeUtc)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // The directory is being removed.
        }
    }
}

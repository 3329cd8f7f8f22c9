using System.Globalization;

namespace AppLayer.Applications;

/// <summary>What is known of an application's worker that ended without a word.</summary>
internal static class LostWorker
{
    internal static string Describe(ApplicationDirectory directory, ApplicationRunRecord run)
    {
        // The last file that it touched is its last sign of life.
        var last = LastWrites(directory.Path).Append(run.Started).Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The worker (process {run.Process.Id}) ended unexpectedly at {last:yyyy-MM-dd HH:mm:ss} UTC or later, and its programs with it.");
    }

    private static DateTime[] LastWrites(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFiles().Select(file => file.LastWriteTimeUtc)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // The application is being removed.
        }
    }
}

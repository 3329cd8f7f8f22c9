using System.ComponentModel;
using System.Diagnostics;

namespace VirtBenchmarks;

/// <summary>Timing work that is done in this process and in programs of others.</summary>
internal static class Work
{
    /// <summary>How long work takes, in seconds, after garbage of work before it is gone.</summary>
    internal static double Seconds(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Runs a program, output thrown away.</summary>
    /// <exception cref="FigureUnavailableException">It isn't installed.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static void Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.BaseStream.CopyTo(Stream.Null);
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
        catch (Win32Exception e)
        {
            throw new FigureUnavailableException($"{program}: {e.Message}");
        }
    }
}

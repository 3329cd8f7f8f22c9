using System.ComponentModel;
using System.Diagnostics;
using System.Text;

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

    /// <summary>How much of a processor's time work takes, in seconds, after garbage of work before it is gone. Others' work does not count.</summary>
    internal static double ProcessorSeconds(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var start = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    /// <summary>Lets the disk take what was written: who flushes a file waits for others' writes too.</summary>
    internal static void Settle()
    {
        if (OperatingSystem.IsLinux()) Run("sync");
    }

    /// <summary>Runs a program, output thrown away.</summary>
    /// <exception cref="FigureUnavailableException">It isn't installed.</exception>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    internal static void Run(string program, params string[] arguments) => Run(program, Stream.Null, arguments);

    /// <summary>Runs a program.</summary>
    /// <returns>What it wrote, as UTF-8.</returns>
    /// <inheritdoc cref="Run(string, string[])"/>
    internal static string Read(string program, params string[] arguments)
    {
        using var output = new MemoryStream();
        Run(program, output, arguments);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static void Run(string program, Stream output, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
        catch (Win32Exception e)
        {
            throw new FigureUnavailableException($"{program}: {e.Message}");
        }
    }
}

using System.Text;
using AppLayer.Applications;

namespace VirtCmdlets;

/// <summary>How a program of a virtual application ended.</summary>
public sealed record VirtApplicationResult
{
    internal VirtApplicationResult(ApplicationInfo application, ProgramRecord program, int exitCode, byte[] output, byte[] error)
    {
        Id = application.Id;
        Name = application.Name;
        HostName = application.HostName;
        Command = program.Command;
        ExitCode = exitCode;
        StdOutBytes = output;
        StdErrBytes = error;
        Duration = program.Ended - program.Started;
    }

    /// <summary>The application's name.</summary>
    public string Application => Name;

    /// <summary>The program.</summary>
    public string Command { get; }

    /// <summary>Its exit code: 128 and the signal's number if a signal ended it; of a Windows program under Wine the last 8 bits, so that 1603 is 67.</summary>
    public int ExitCode { get; }

    /// <summary>Its standard output, as UTF-8 text.</summary>
    public string StdOut => Encoding.UTF8.GetString(StdOutBytes);

    /// <summary>Its standard error, as UTF-8 text.</summary>
    public string StdErr => Encoding.UTF8.GetString(StdErrBytes);

    /// <summary>From its start to its end.</summary>
    public TimeSpan? Duration { get; }

    /// <summary>Its standard output, byte for byte.</summary>
    public byte[] StdOutBytes { get; }

    /// <summary>Its standard error, byte for byte.</summary>
    public byte[] StdErrBytes { get; }

    /// <summary>The application's identity.</summary>
    public Guid Id { get; }

    /// <summary>The application's name.</summary>
    public string Name { get; }

    /// <summary>The application's host.</summary>
    public string HostName { get; }
}

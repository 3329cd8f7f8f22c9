using System.Management.Automation;

namespace PipelineHost;

/// <summary>What a script wrote, stream by stream.</summary>
public sealed class ScriptResult
{
    /// <summary>False when an error ended the script.</summary>
    public bool Completed { get; internal set; }

    /// <summary>The objects, out of their wrappers where there is a .NET object in them.</summary>
    public IList<object?> Output { get; } = [];
    public IList<ErrorRecord> Errors { get; } = [];
    public IList<string> Warnings { get; } = [];
    public IList<string> Verbose { get; } = [];

    /// <summary>What was meant for the user alone: What if: lines, Write-Host.</summary>
    public IList<string> Lines { get; } = [];
    public IList<ProgressRecord> Progress { get; } = [];
}

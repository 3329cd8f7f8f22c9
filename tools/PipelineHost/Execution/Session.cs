using System.Collections;
using System.Management.Automation;
using PipelineHost.Commands;

namespace PipelineHost.Execution;

/// <summary>What lives as long as the host: variables, commands, errors.</summary>
internal sealed class Session
{
    public Session(IStreams streams, string? scriptPath = null)
    {
        Streams = streams;
        ScriptPath = scriptPath is null ? null : Path.GetFullPath(scriptPath);
        State = new SessionState(Variables);
        Commands = new CommandTable();
        Variables["ErrorActionPreference"] = ActionPreference.Continue;
        Variables["WarningPreference"] = ActionPreference.Continue;
        Variables["InformationPreference"] = ActionPreference.SilentlyContinue;
        Variables["VerbosePreference"] = ActionPreference.SilentlyContinue;
        Variables["DebugPreference"] = ActionPreference.SilentlyContinue;
        Variables["ProgressPreference"] = ActionPreference.Continue;
        Variables["WhatIfPreference"] = false;
        Variables["ConfirmPreference"] = ConfirmImpact.High;
        Variables["Error"] = Errors;
        Variables["HOME"] = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Variables["PSScriptRoot"] = ScriptPath is null ? "" : Path.GetDirectoryName(ScriptPath);
        Variables["PSCommandPath"] = ScriptPath ?? "";
    }

    public IStreams Streams { get; }
    public string? ScriptPath { get; }
    public Dictionary<string, object?> Variables { get; } = new(StringComparer.OrdinalIgnoreCase);
    public SessionState State { get; }
    public CommandTable Commands { get; }

    /// <summary>The latest first.</summary>
    public ArrayList Errors { get; } = [];

    /// <summary>The pipelines that run now, the innermost last.</summary>
    public List<PipelineProcessor> Running { get; } = [];

    public bool Stopping { get; private set; }

    /// <summary>Ends what runs, from another thread: every cmdlet hears StopProcessing.</summary>
    public void Stop()
    {
        Stopping = true;
        PipelineProcessor[] running;
        lock (Running) running = [.. Running];
        foreach (PipelineProcessor pipeline in running) pipeline.Stop();
    }

    public T Preference<T>(string name) where T : struct => LanguagePrimitives.TryConvertTo(Variables.GetValueOrDefault(name), out T value)
        ? value
        : throw new RuntimeException($"The value of ${name} is not of type {typeof(T).Name}.", null, "InvalidPreference",
            ErrorCategory.InvalidType, name);
}

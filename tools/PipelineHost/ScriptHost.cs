using System.Management.Automation;
using PipelineHost.Execution;
using PipelineHost.Modules;

namespace PipelineHost;

/// <summary>Runs scripts in this process, for tests of cmdlets: modules and variables stay from script to script.</summary>
public sealed class ScriptHost
{
    private readonly CollectingStreams _streams = new();
    private readonly Session _session;

    public ScriptHost() => _session = new Session(_streams);

    /// <summary>Imports a module.</summary>
    /// <param name="path">Its manifest or assembly.</param>
    /// <exception cref="NotSupportedException">The module needs something that this host doesn't have; the message names it.</exception>
    public void Import(string path) => Refusable(() => ModuleLoader.Import(_session, Path.GetFullPath(path), path));

    /// <summary>Sets a variable for the scripts to come.</summary>
    public void Set(string variable, object? value) => _session.Variables[variable] = value;

    /// <summary>Runs a script to its end.</summary>
    /// <exception cref="NotSupportedException">The script uses what this host doesn't know; the message names it and its place.</exception>
    /// <exception cref="PipelineStoppedException"><see cref="Stop"/> was called.</exception>
    public ScriptResult Run(string script)
    {
        _streams.Result = new ScriptResult();
        Refusable(() => _streams.Result.Completed = new ScriptRunner(_session).Run(script));
        return _streams.Result;
    }

    /// <summary>Ends the running script for good, as Ctrl+C does; from another thread.</summary>
    public void Stop() => _session.Stop();

    private static void Refusable(Action action)
    {
        try
        {
            action();
        }
        catch (NotSupportedByHostException e)
        {
            throw new NotSupportedException(e.Message, e);
        }
    }
}

using System.Management.Automation.Internal;

namespace System.Management.Automation;

/// <summary>The base of all cmdlets; what it writes goes to the runtime that the pipeline gives it.</summary>
public abstract class Cmdlet : InternalCommand
{
    private ICommandRuntime? _runtime;

    public bool Stopping { get; internal set; }

    public ICommandRuntime CommandRuntime
    {
        get => _runtime ?? throw new InvalidOperationException("The cmdlet runs in no pipeline.");
        set => _runtime = value;
    }

    protected virtual void BeginProcessing() { }

    protected virtual void ProcessRecord() { }

    protected virtual void EndProcessing() { }

    protected virtual void StopProcessing() { }

    public void WriteObject(object? sendToPipeline) => CommandRuntime.WriteObject(sendToPipeline);

    public void WriteObject(object? sendToPipeline, bool enumerateCollection) =>
        CommandRuntime.WriteObject(sendToPipeline, enumerateCollection);

    public void WriteError(ErrorRecord errorRecord) => CommandRuntime.WriteError(errorRecord);

    public void WriteWarning(string text) => CommandRuntime.WriteWarning(text);

    public void WriteVerbose(string text) => CommandRuntime.WriteVerbose(text);

    public void WriteDebug(string text) => CommandRuntime.WriteDebug(text);

    public void WriteCommandDetail(string text) => CommandRuntime.WriteCommandDetail(text);

    public void WriteProgress(ProgressRecord progressRecord) => CommandRuntime.WriteProgress(progressRecord);

    public void WriteInformation(InformationRecord informationRecord)
    {
        if (CommandRuntime is ICommandRuntime2 second) second.WriteInformation(informationRecord);
    }

    public void WriteInformation(object messageData, string[] tags)
    {
        var record = new InformationRecord(messageData, GetType().Name);
        record.Tags.AddRange(tags ?? []);
        WriteInformation(record);
    }

    public bool ShouldProcess(string target) => CommandRuntime.ShouldProcess(target);

    public bool ShouldProcess(string target, string action) => CommandRuntime.ShouldProcess(target, action);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) =>
        CommandRuntime.ShouldProcess(verboseDescription, verboseWarning, caption);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption,
        out ShouldProcessReason shouldProcessReason) =>
        CommandRuntime.ShouldProcess(verboseDescription, verboseWarning, caption, out shouldProcessReason);

    public bool ShouldContinue(string query, string caption) => CommandRuntime.ShouldContinue(query, caption);

    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) =>
        CommandRuntime.ShouldContinue(query, caption, ref yesToAll, ref noToAll);

    public void ThrowTerminatingError(ErrorRecord errorRecord) => CommandRuntime.ThrowTerminatingError(errorRecord);

    internal void DoBegin() => BeginProcessing();

    internal void DoProcess() => ProcessRecord();

    internal void DoEnd() => EndProcessing();

    internal void DoStop()
    {
        Stopping = true;
        StopProcessing();
    }
}

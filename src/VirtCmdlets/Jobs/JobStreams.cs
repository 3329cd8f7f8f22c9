using System.Management.Automation;
using System.Management.Automation.Host;

namespace VirtCmdlets;

/// <summary>Where a cmdlet writes that works in a job: the job's streams. Questions were asked before the job was made.</summary>
internal sealed class JobStreams(Job job) : ICommandRuntime2
{
    /// <summary>Whether there was an error, received or not.</summary>
    public bool HasErrors { get; private set; }

    public PSHost? Host => null;

    public PSTransactionContext? CurrentPSTransaction => null;

    public void WriteObject(object sendToPipeline) => job.Output.Add(PSObject.AsPSObject(sendToPipeline));

    public void WriteObject(object sendToPipeline, bool enumerateCollection)
    {
        if (!enumerateCollection || LanguagePrimitives.GetEnumerable(sendToPipeline) is not { } many)
        {
            WriteObject(sendToPipeline);
            return;
        }

        foreach (var one in many)
        {
            WriteObject(one);
        }
    }

    public void WriteError(ErrorRecord errorRecord)
    {
        HasErrors = true;
        job.Error.Add(errorRecord);
    }

    // The cmdlet goes on to change its record; what was written stays as it was.
    public void WriteProgress(ProgressRecord progressRecord) =>
        job.Progress.Add(new(progressRecord.ActivityId, progressRecord.Activity, progressRecord.StatusDescription)
        {
            PercentComplete = progressRecord.PercentComplete,
            RecordType = progressRecord.RecordType,
        });

    public void WriteProgress(long sourceId, ProgressRecord progressRecord) => WriteProgress(progressRecord);

    public void WriteWarning(string text) => job.Warning.Add(new(text));

    public void WriteVerbose(string text) => job.Verbose.Add(new(text));

    public void WriteDebug(string text) => job.Debug.Add(new(text));

    public void WriteInformation(InformationRecord informationRecord) => job.Information.Add(informationRecord);

    public void WriteCommandDetail(string text)
    {
        // For the logging of pipelines, which a job is not.
    }

    public void ThrowTerminatingError(ErrorRecord errorRecord) =>
        throw new RuntimeException(errorRecord.Exception.Message, errorRecord.Exception, errorRecord);

    public bool ShouldProcess(string target) => throw NobodyToAsk();

    public bool ShouldProcess(string target, string action) => throw NobodyToAsk();

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) => throw NobodyToAsk();

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption, out ShouldProcessReason shouldProcessReason) =>
        throw NobodyToAsk();

    public bool ShouldContinue(string query, string caption) => throw NobodyToAsk();

    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) => throw NobodyToAsk();

    public bool ShouldContinue(string query, string caption, bool hasSecurityImpact, ref bool yesToAll, ref bool noToAll) => throw NobodyToAsk();

    public bool TransactionAvailable() => false;

    private static InvalidOperationException NobodyToAsk() => new("A job asks nothing: its command asks before it makes the job.");
}

using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;
using PipelineHost.Binding;

namespace PipelineHost.Execution;

/// <summary>What a cmdlet writes and asks, under its preferences.</summary>
internal sealed class CommandRuntime(Session session, Cmdlet cmdlet, CmdletAttribute declaration, CommonParameters common,
    ShouldProcessParameters? shouldProcess)
    : ICommandRuntime2
{
    private const string CannotAsk = "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.";

    private const string WrongThread = "The WriteObject and WriteError methods cannot be called from outside the overrides of the "
        + "BeginProcessing, "
        + "ProcessRecord, and EndProcessing methods, and they can only be called from within the same thread.";

    private readonly int _thread = Environment.CurrentManagedThreadId;
    private ArrayList? _errors;
    private ArrayList? _warnings;
    private ArrayList? _information;
    private ArrayList? _output;

    /// <summary>Where objects go.</summary>
    public Action<object?> Downstream { get; set; } = _ => { };

    private InvocationInfo Invocation => cmdlet.Invocation;

    /// <summary>Sets up the variables that the call names; its parameters are bound by now.</summary>
    public void Prepare()
    {
        _errors = Variable(common.ErrorVariable);
        _warnings = Variable(common.WarningVariable);
        _information = Variable(common.InformationVariable);
        _output = Variable(common.OutVariable);
    }

    /// <summary>Cmdlets write and ask on the pipeline's thread, and not after it was stopped.</summary>
    public void ThrowIfStopping()
    {
        if (Environment.CurrentManagedThreadId != _thread) throw new PSInvalidOperationException(WrongThread);
        if (session.Stopping) throw new PipelineStoppedException();
    }

    /// <summary>Notes an error that ended the command.</summary>
    public void Remember(Exception error) => _errors?.Add(error);

    public void WriteObject(object? sendToPipeline) => Emit(sendToPipeline);

    public void WriteObject(object? sendToPipeline, bool enumerateCollection)
    {
        if (!enumerateCollection || LanguagePrimitives.GetEnumerable(sendToPipeline) is not { } list)
        {
            Emit(sendToPipeline);
            return;
        }
        // All of it first: a sequence that fails writes nothing.
        foreach (object? item in list.Cast<object?>().ToList()) Emit(item);
    }

    public void WriteError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        ThrowIfStopping();
        errorRecord.SetInvocationInfo(Invocation);
        ActionPreference action = Action(nameof(CommonParameters.ErrorAction), common.ErrorAction, "ErrorActionPreference");
        if (action == ActionPreference.Ignore) return;
        _errors?.Add(errorRecord);
        if (action == ActionPreference.Stop)
            throw new ActionPreferenceStopException($"The running command stopped because of the error: {errorRecord}", errorRecord);
        session.Errors.Insert(0, errorRecord);
        if (action == ActionPreference.Continue) session.Streams.Error(errorRecord, ErrorEnds.Nothing);
    }

    public void WriteWarning(string text)
    {
        ThrowIfStopping();
        var record = new WarningRecord(text) { InvocationInfo = Invocation };
        _warnings?.Add(record);
        ActionPreference action = Action(nameof(CommonParameters.WarningAction), common.WarningAction, "WarningPreference");
        if (action is ActionPreference.Continue or ActionPreference.Stop) session.Streams.Warning(text);
        if (action == ActionPreference.Stop) throw Stopped("WarningPreference", text);
    }

    public void WriteVerbose(string text) =>
        WriteMessage(text, nameof(CommonParameters.Verbose), common.Verbose, "VerbosePreference", session.Streams.Verbose);

    public void WriteDebug(string text) =>
        WriteMessage(text, nameof(CommonParameters.Debug), common.Debug, "DebugPreference", session.Streams.Debug);

    public void WriteInformation(InformationRecord informationRecord)
    {
        ThrowIfStopping();
        _information?.Add(informationRecord);
        ActionPreference action = Action(nameof(CommonParameters.InformationAction), common.InformationAction, "InformationPreference");
        bool host = informationRecord.Tags.Contains("PSHOST");
        if (host ? action != ActionPreference.Ignore : action == ActionPreference.Continue) session.Streams.Information(informationRecord);
        else if (action == ActionPreference.Stop) throw Stopped("InformationPreference", informationRecord.ToString());
    }

    public void WriteProgress(ProgressRecord progressRecord)
    {
        ThrowIfStopping();
        if (Action(nameof(CommonParameters.ProgressAction), common.ProgressAction, "ProgressPreference") == ActionPreference.Continue)
            session.Streams.Progress(progressRecord);
    }

    public void WriteProgress(long sourceId, ProgressRecord progressRecord) => WriteProgress(progressRecord);

    public void WriteCommandDetail(string text) => ThrowIfStopping();

    public void ThrowTerminatingError(ErrorRecord errorRecord)
    {
        ArgumentNullException.ThrowIfNull(errorRecord);
        errorRecord.SetInvocationInfo(Invocation);
        throw new TerminatingErrorException(errorRecord);
    }

    public bool ShouldProcess(string target) => ShouldProcess(target, Invocation.MyCommand.Name);

    public bool ShouldProcess(string target, string action) =>
        Decide($"Performing the operation \"{action}\" on target \"{target}\".", out _);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption) => Decide(verboseDescription, out _);

    public bool ShouldProcess(string verboseDescription, string verboseWarning, string caption,
        out ShouldProcessReason shouldProcessReason) =>
        Decide(verboseDescription, out shouldProcessReason);

    public bool ShouldContinue(string query, string caption) => throw new PSInvalidOperationException(CannotAsk);

    public bool ShouldContinue(string query, string caption, ref bool yesToAll, ref bool noToAll) =>
        ShouldContinue(query, caption, false, ref yesToAll, ref noToAll);

    public bool ShouldContinue(string query, string caption, bool hasSecurityImpact, ref bool yesToAll, ref bool noToAll)
    {
        if (noToAll) return false;
        return yesToAll || ShouldContinue(query, caption);
    }

    private bool Decide(string description, out ShouldProcessReason reason)
    {
        ThrowIfStopping();
        reason = ShouldProcessReason.None;
        bool whatIf = IsBound(nameof(ShouldProcessParameters.WhatIf)) ? shouldProcess!.WhatIf : shouldProcess is not null
            && session.Preference<bool>("WhatIfPreference");
        if (whatIf)
        {
            reason = ShouldProcessReason.WhatIf;
            session.Streams.Line($"What if: {description}");
            return false;
        }
        if (MustAsk()) throw new PSInvalidOperationException(CannotAsk);
        WriteVerbose(description);
        return true;
    }

    private bool MustAsk()
    {
        if (IsBound(nameof(ShouldProcessParameters.Confirm))) return shouldProcess!.Confirm;
        if (shouldProcess is null) return false;
        ConfirmImpact preference = session.Preference<ConfirmImpact>("ConfirmPreference");
        return preference != ConfirmImpact.None && declaration.ConfirmImpact >= preference;
    }

    private bool IsBound(string name) => shouldProcess is not null && Invocation.BoundParameters.ContainsKey(name);

    private ActionPreference Action(string parameter, ActionPreference given, string preference)
    {
        if (Invocation.BoundParameters.ContainsKey(parameter) && (int)given >= 0) return given;
        return session.Preference<ActionPreference>(preference) switch
        {
            ActionPreference.Inquire or ActionPreference.Break or ActionPreference.Suspend =>
                throw new NotSupportedByHostException($"the value of ${preference}"),
            var known => known,
        };
    }

    private void WriteMessage(string text, string parameter, SwitchParameter given, string preference, Action<string> stream)
    {
        ThrowIfStopping();
        ActionPreference action = Invocation.BoundParameters.ContainsKey(parameter)
            ? given ? ActionPreference.Continue : ActionPreference.SilentlyContinue
            : session.Preference<ActionPreference>(preference);
        if (action is ActionPreference.Continue or ActionPreference.Stop) stream(text);
        if (action == ActionPreference.Stop) throw Stopped(preference, text);
    }

    private ActionPreferenceStopException Stopped(string preference, string text)
    {
        string message = $"The running command stopped because the preference variable \"{preference}\" or common parameter is set "
            + $"to Stop: {text}";
        var record = new ErrorRecord(new ParentContainsErrorRecordException(message), "ActionPreferenceStop",
            ErrorCategory.OperationStopped, null);
        record.SetInvocationInfo(Invocation);
        return new ActionPreferenceStopException(message, record);
    }

    private void Emit(object? value)
    {
        ThrowIfStopping();
        if (ReferenceEquals(value, AutomationNull.Value)) return;
        object? wrapped = value is null ? null : PSObject.AsPSObject(value);
        _output?.Add(wrapped);
        Downstream(wrapped);
    }

    private ArrayList? Variable(string? name)
    {
        if (name is null) return null;
        bool append = name.StartsWith('+');
        if (append) name = name[1..];
        if (append && PSObject.Base(session.Variables.GetValueOrDefault(name)) is ArrayList known) return known;
        var made = new ArrayList();
        session.Variables[name] = made;
        return made;
    }
}

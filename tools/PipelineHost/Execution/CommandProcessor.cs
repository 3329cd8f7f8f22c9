using System.Management.Automation;
using System.Reflection;
using PipelineHost.Binding;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Execution;

/// <summary>One cmdlet in a pipeline: binds it, drives it, turns what it throws into error records.</summary>
internal sealed class CommandProcessor : IDisposable
{
    private readonly IReadOnlyList<Argument> _arguments;
    private readonly ParameterBinder _binder;
    private bool _begun;

    public CommandProcessor(Session session, CmdletInfo command, CommandElement element, IReadOnlyList<Argument> arguments,
        bool expectsInput)
    {
        _arguments = arguments;
        Invocation = new InvocationInfo(command, element.Line, element.Name, element.Position.Line, element.Position.Column,
            session.ScriptPath)
        {
            ExpectingInput = expectsInput,
        };
        var declaration = command.ImplementingType.GetCustomAttribute<CmdletAttribute>()!;
        Cmdlet = Create(command);
        Cmdlet.Invocation = Invocation;
        Cmdlet.Session = session.State;
        var common = new CommonParameters();
        ShouldProcessParameters? shouldProcess = declaration.SupportsShouldProcess ? new ShouldProcessParameters() : null;
        Runtime = new CommandRuntime(session, Cmdlet, declaration, common, shouldProcess);
        Cmdlet.CommandRuntime = Runtime;
        if (Cmdlet is Commands.IHostCommand host) host.Host = session;
        _binder = new ParameterBinder(Cmdlet, declaration, common, shouldProcess, new EngineIntrinsics(session.State));
    }

    public Cmdlet Cmdlet { get; }
    public InvocationInfo Invocation { get; }
    public CommandRuntime Runtime { get; }

    public void Bind()
    {
        _binder.BindArguments(_arguments, Invocation.ExpectingInput);
        Runtime.Prepare();
    }

    public void Begin()
    {
        if (_begun) return;
        _begun = true;
        Guard(Cmdlet.DoBegin);
    }

    public void ProcessOnce()
    {
        Begin();
        Guard(Cmdlet.DoProcess);
    }

    public void Process(object? input)
    {
        Begin();
        Runtime.ThrowIfStopping();
        try
        {
            // As in PowerShell, what parameters see of the pipeline is wrapped.
            object? wrapped = input is null ? null : PSObject.AsPSObject(input);
            if (!_binder.BindInput(wrapped))
            {
                Reject(input, "InputObjectNotBound",
                    "The input object cannot be bound to any parameters for the command either because the command "
                    + "does not take pipeline input or the input and its properties do not match any of the parameters that take "
                    + "pipeline input.");
                return;
            }
        }
        catch (ParameterBindingException e)
        {
            e.ErrorRecord.SetTargetObject(input);
            Runtime.WriteError(e.ErrorRecord);
            return;
        }
        if (_binder.MissingAfterInput() is { Count: > 0 } missing)
        {
            Reject(input, "InputObjectMissingMandatory",
                "The input object cannot be bound because it did not contain the information required to bind "
                + $"all mandatory parameters: {ParameterBinder.NamesOf(missing)}");
            return;
        }
        Guard(Cmdlet.DoProcess);
    }

    public void End()
    {
        Begin();
        Guard(Cmdlet.DoEnd);
    }

    public void Stop() => Cmdlet.DoStop();

    public void Dispose() => (Cmdlet as IDisposable)?.Dispose();

    private static Cmdlet Create(CmdletInfo command)
    {
        try
        {
            return (Cmdlet)Activator.CreateInstance(command.ImplementingType)!;
        }
        catch (TargetInvocationException e)
        {
            throw new RuntimeException($"{command.Name} cannot be created: {e.InnerException?.Message}", e, "CmdletCreationFailed",
                ErrorCategory.InvalidOperation, command.Name);
        }
    }

    private void Reject(object? input, string id, string message)
    {
        var error = new ParameterBindingException(message, id, ErrorCategory.InvalidArgument, null, Invocation);
        error.ErrorRecord.SetTargetObject(input);
        Runtime.WriteError(error.ErrorRecord);
    }

    /// <summary>Runs the cmdlet's code; whatever it throws ends the pipeline as an error of this command.</summary>
    private void Guard(Action step)
    {
        try
        {
            Runtime.ThrowIfStopping();
            step();
        }
        catch (TerminatingErrorException e) when (ReferenceEquals(e.ErrorRecord.InvocationInfo, Invocation))
        {
            throw Ended(e.ErrorRecord);
        }
        catch (Exception e) when (e is PipelineStoppedException or ActionPreferenceStopException or CmdletInvocationException
            or ParameterBindingException or NotSupportedByHostException)
        {
            throw;
        }
        catch (Exception e)
        {
            ErrorRecord record = e is IContainsErrorRecord { ErrorRecord: { } own }
                ? new ErrorRecord(own, e)
                : new ErrorRecord(e, e.GetType().FullName, ErrorCategory.NotSpecified, null);
            record.SetInvocationInfo(Invocation);
            throw Ended(record);
        }
    }

    private CmdletInvocationException Ended(ErrorRecord record)
    {
        var ended = new CmdletInvocationException(record);
        Runtime.Remember(ended);
        return ended;
    }
}

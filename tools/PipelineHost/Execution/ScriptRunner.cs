using System.Management.Automation;
using PipelineHost.Language;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Execution;

/// <summary>Runs a script statement by statement and tells what each error ended.</summary>
internal sealed class ScriptRunner(Session session)
{
    private readonly Evaluator _evaluator = new(session);

    /// <returns>False when an error ended the script.</returns>
    /// <exception cref="NotSupportedByHostException">The script uses something that this host doesn't know.</exception>
    public bool Run(string script)
    {
        Script parsed;
        try
        {
            parsed = Parser.Parse(script);
        }
        catch (ScriptParseException e)
        {
            var record = new ErrorRecord(new ParentContainsErrorRecordException(e.Message), e.ErrorId, ErrorCategory.ParserError, null);
            Report(record, ErrorEnds.Script, e.Position, script);
            return false;
        }
        foreach (CommandElement command in parsed.Commands) session.Commands.RefuseKnown(command.Name, command.Position);
        foreach (Statement statement in parsed.Statements)
        {
            try
            {
                _evaluator.Run(statement, session.Streams.Output);
            }
            catch (NotSupportedByHostException e) when (e.Position is null)
            {
                throw new NotSupportedByHostException(e.What, statement.Position);
            }
            catch (ActionPreferenceStopException e)
            {
                Report(e.ErrorRecord, ErrorEnds.Script, statement.Position, script);
                return false;
            }
            catch (RuntimeException) when (session.Stopping)
            {
                throw new PipelineStoppedException();
            }
            catch (RuntimeException e)
            {
                bool stop = session.Preference<ActionPreference>("ErrorActionPreference") == ActionPreference.Stop;
                Report(e.ErrorRecord, stop ? ErrorEnds.Script : ErrorEnds.Statement, statement.Position, script);
                if (stop) return false;
            }
            finally
            {
                session.Streams.Flush();
            }
        }
        return true;
    }

    private void Report(ErrorRecord record, ErrorEnds ends, Position position, string script)
    {
        string line = script.Split('\n').ElementAtOrDefault(position.Line - 1) ?? "";
        record.SetPosition(InvocationInfo.PositionOf(session.ScriptPath, line, position.Line, position.Column));
        session.Errors.Insert(0, record);
        session.Streams.Error(record, ends);
    }
}

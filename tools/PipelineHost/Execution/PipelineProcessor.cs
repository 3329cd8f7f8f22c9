using System.Management.Automation;
using PipelineHost.Binding;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Execution;

/// <summary>Commands in a row, each writing into the next.</summary>
internal sealed class PipelineProcessor(Session session, bool hasSource)
{
    private readonly List<CommandProcessor> _commands = [];

    public void Add(CmdletInfo command, CommandElement element, IReadOnlyList<Argument> arguments) =>
        _commands.Add(new CommandProcessor(session, command, element, arguments, hasSource || _commands.Count > 0));

    public void Run(IEnumerable<object?>? source, Action<object?> output)
    {
        for (int i = 0; i < _commands.Count; i++)
        {
            CommandProcessor? next = i + 1 < _commands.Count ? _commands[i + 1] : null;
            _commands[i].Invocation.PipelineLength = _commands.Count;
            _commands[i].Invocation.PipelinePosition = i + 1;
            _commands[i].Runtime.Downstream = next is null ? output : next.Process;
        }
        lock (session.Running) session.Running.Add(this);
        int first = 0;
        try
        {
            foreach (CommandProcessor command in _commands) command.Bind();
            try
            {
                foreach (CommandProcessor command in _commands) command.Begin();
                if (source is null) _commands[0].ProcessOnce();
                else foreach (object? item in source) _commands[0].Process(item);
            }
            catch (StopUpstreamException e)
            {
                first = IndexOf(e);
            }
            while (first < _commands.Count)
            {
                try
                {
                    _commands[first].End();
                    first++;
                }
                catch (StopUpstreamException e)
                {
                    first = IndexOf(e);
                }
            }
        }
        finally
        {
            lock (session.Running) session.Running.Remove(this);
            foreach (CommandProcessor command in _commands) command.Dispose();
        }
    }

    public void Stop()
    {
        foreach (CommandProcessor command in _commands) command.Stop();
    }

    private int IndexOf(StopUpstreamException e) => _commands.FindIndex(c => ReferenceEquals(c.Cmdlet, e.Requester));
}

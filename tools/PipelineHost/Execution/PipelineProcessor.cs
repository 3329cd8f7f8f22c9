using System.Management.Automation;
using PipelineHost.Binding;
using PipelineHost.Language.Syntax;

namespace PipelineHost.Execution;

/// <summary>Commands in a row, each writing into the next.</summary>
internal sealed class PipelineProcessor(Session session, bool hasSource)
{
    private readonly List<CommandProcessor> commands = [];

    public void Add(CmdletInfo command, CommandElement element, IReadOnlyList<Argument> arguments) =>
        commands.Add(new CommandProcessor(session, command, element, arguments, hasSource || commands.Count > 0));

    public void Run(IEnumerable<object?>? source, Action<object?> output)
    {
        for (int i = 0; i < commands.Count; i++)
        {
            CommandProcessor? next = i + 1 < commands.Count ? commands[i + 1] : null;
            commands[i].Invocation.PipelineLength = commands.Count;
            commands[i].Invocation.PipelinePosition = i + 1;
            commands[i].Runtime.Downstream = next is null ? output : next.Process;
        }
        lock (session.Running) session.Running.Add(this);
        int first = 0;
        try
        {
            foreach (CommandProcessor command in commands) command.Bind();
            try
            {
                foreach (CommandProcessor command in commands) command.Begin();
                if (source is null) commands[0].ProcessOnce();
                else foreach (object? item in source) commands[0].Process(item);
            }
            catch (StopUpstreamException e)
            {
                first = IndexOf(e);
            }
            while (first < commands.Count)
            {
                try
                {
                    commands[first].End();
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
            foreach (CommandProcessor command in commands) command.Dispose();
        }
    }

    public void Stop()
    {
        foreach (CommandProcessor command in commands) command.Stop();
    }

    private int IndexOf(StopUpstreamException e) => commands.FindIndex(c => ReferenceEquals(c.Cmdlet, e.Requester));
}

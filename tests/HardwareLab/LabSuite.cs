using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LabRunner;

namespace HardwareLab;

/// <summary>
/// The cases of one type, run in the lab by one process one after the other, with an outcome for each. A case that ends the process, or does
/// not end, fails by itself: another process goes on with the next.
/// </summary>
/// <param name="suite">The type with the cases (<see cref="LabCase.Of"/>); it is not run here.</param>
/// <param name="limit">How long one case may take.</param>
/// <param name="environment">Variables for the process.</param>
public sealed class LabSuite(Type suite, TimeSpan limit, IReadOnlyDictionary<string, string>? environment = null)
{
    // Start of the runtime, on a busy host.
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    // Of one case, where most take a tenth: all of a suite together are killed long before each has had its limit.
    private static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(2);

    private readonly string[] _names = [.. LabCase.Of(suite).Select(one => one.Name)];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<LabOutcome>> _outcomes = new(StringComparer.Ordinal);
    private readonly Lock _starting = new();
    private Task? _running;

    /// <summary>The outcome of a case. The first to ask starts them all.</summary>
    /// <exception cref="LabException">The lab has died, in a case before.</exception>
    public async Task<LabOutcome> OutcomeAsync(LabMachine lab, string name)
    {
        if (!_names.Contains(name)) throw new ArgumentException($"{suite.FullName} has no case '{name}'.", nameof(name));
        Task running;
        lock (_starting) running = _running ??= Task.Run(() => RunAsync(lab));
        var outcome = Source(name).Task;
        if (await Task.WhenAny(outcome, running).ConfigureAwait(false) != outcome) await running.ConfigureAwait(false);
        return await outcome.ConfigureAwait(false);
    }

    private TaskCompletionSource<LabOutcome> Source(string name) =>
        _outcomes.GetOrAdd(name, static _ => new TaskCompletionSource<LabOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task RunAsync(LabMachine lab)
    {
        string directory = Path.GetDirectoryName(suite.Assembly.Location)!;
        for (var rest = _names.ToList(); rest.Count > 0;)
        {
            string? current = null;
            var said = new StringBuilder();
            string[] arguments =
            [
                Path.Combine(directory, "LabRunner.dll"), suite.Assembly.Location, suite.FullName!, limit.TotalSeconds.ToString(CultureInfo.InvariantCulture), .. rest,
            ];
            LabRun run;
            try
            {
                run = await lab.RunAsync(LabMachine.Dotnet, arguments, environment, StartTime + limit + UsualTime * rest.Count, Hear).ConfigureAwait(false);
            }
            catch (LabException e) when (current is not null)
            {
                End(new LabOutcome(CaseEvent.Fail, e.Message));
                throw;
            }

            string how = $"The process {(run.TimedOut ? "was killed, its time was over" : $"ended with {run.ExitCode}")}";
            if (current is not null) End(new LabOutcome(CaseEvent.Fail, $"{how} in this case. What it said:\n{said}"));
            else if (run.ExitCode is not (0 or LabCase.HungExitCode)) throw new LabException($"{how} outside any case:\n{run.Output}");
            else if (run.ExitCode == 0 && rest.Count > 0) throw new LabException($"The process told nothing of {string.Join(", ", rest)}:\n{run.Output}");

            void Hear(string line)
            {
                if (!CaseLine.TryParse(line, out var told))
                {
                    said.AppendLine(line);
                    return;
                }

                if (told.Event == CaseEvent.Begin)
                {
                    current = told.Case;
                    said.Clear();
                    return;
                }

                string text = told.Event == CaseEvent.Fail && said.Length > 0 ? $"{told.Text}\nWhat it said:\n{said}" : told.Text;
                current = told.Case;
                End(new LabOutcome(told.Event, text));
            }

            void End(LabOutcome outcome)
            {
                Source(current!).TrySetResult(outcome);
                rest.Remove(current!);
                current = null;
            }
        }
    }
}

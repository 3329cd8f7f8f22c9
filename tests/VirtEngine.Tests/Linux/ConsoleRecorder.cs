using System.Diagnostics;
using System.Text;
using VirtEngine.Channels;

namespace VirtEngine.Tests.Linux;

/// <summary>Reads a machine's console from its start to its end.</summary>
internal sealed class ConsoleRecorder
{
    private readonly StringBuilder _text = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<(int Length, TimeSpan Time)> _arrivals = [];

    internal ConsoleRecorder(IGuestChannel console) => End = ReadAsync(console);

    /// <summary>Completes with the machine.</summary>
    internal Task End { get; }

    internal string Text { get { lock (_text) return _text.ToString(); } }

    internal int Length { get { lock (_text) return _text.Length; } }

    /// <summary>When the text had come whole, counted from the machine's start; null if it is not there.</summary>
    internal TimeSpan? TimeOf(string wanted)
    {
        lock (_text)
        {
            int at = _text.ToString().IndexOf(wanted, StringComparison.Ordinal);
            return at < 0 ? null : _arrivals.First(arrival => arrival.Length >= at + wanted.Length).Time;
        }
    }

    /// <summary>Waits for a text; ends early when the machine does.</summary>
    /// <exception cref="TimeoutException">It did not come; the message shows what did.</exception>
    internal async Task WaitForAsync(string wanted, TimeSpan patience)
    {
        var limit = Stopwatch.StartNew();
        while (!Text.Contains(wanted, StringComparison.Ordinal))
        {
            if (limit.Elapsed > patience || End.IsCompleted && !Text.Contains(wanted, StringComparison.Ordinal))
                throw new TimeoutException($"'{wanted}' did not appear on the console within {limit.Elapsed.TotalSeconds:f1} s:\n{Text}");
            await Task.Delay(10);
        }
    }

    private async Task ReadAsync(IGuestChannel console)
    {
        var buffer = new byte[4096];
        for (int length; (length = await console.ReadAsync(buffer, CancellationToken.None)) > 0;)
        {
            lock (_text)
            {
                _text.Append(Encoding.Latin1.GetString(buffer, 0, length));
                _arrivals.Add((_text.Length, _clock.Elapsed));
            }
        }
    }
}

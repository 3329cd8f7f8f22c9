using System.Diagnostics;
using VirtEngine.Bus;

namespace VirtEngine.Tests.Chipset;

/// <summary>A wire that remembers its level and counts its rises.</summary>
internal sealed class RecordingLine : IInterruptLine
{
    private readonly object _gate = new();
    private int _waited;

    internal bool Level { get; private set; }

    internal int Rises { get; private set; }

    public void Set(bool level)
    {
        lock (_gate)
        {
            if (level && !Level) Rises++;
            Level = level;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for a rise that no earlier call has seen.</summary>
    internal bool WaitForRise(int milliseconds = 5000)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (_waited == Rises)
            {
                var rest = TimeSpan.FromMilliseconds(milliseconds) - Stopwatch.GetElapsedTime(start);
                if (rest <= TimeSpan.Zero || !Monitor.Wait(_gate, rest)) return false;
            }
            _waited++;
            return true;
        }
    }
}

using System.Diagnostics;
using VirtEngine.Bus;

namespace VirtEngine.Tests.Chipset;

/// <summary>A wire that remembers its level and counts its rises.</summary>
internal sealed class RecordingLine : IInterruptLine
{
    private readonly object gate = new();
    private int waited;

    internal bool Level { get; private set; }

    internal int Rises { get; private set; }

    public void Set(bool level)
    {
        lock (gate)
        {
            if (level && !Level) Rises++;
            Level = level;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits for a rise that no earlier call has seen.</summary>
    internal bool WaitForRise(int milliseconds = 5000)
    {
        long start = Stopwatch.GetTimestamp();
        lock (gate)
        {
            while (waited == Rises)
            {
                var rest = TimeSpan.FromMilliseconds(milliseconds) - Stopwatch.GetElapsedTime(start);
                if (rest <= TimeSpan.Zero || !Monitor.Wait(gate, rest)) return false;
            }
            waited++;
            return true;
        }
    }
}

using VirtEngine.Memory;

namespace VirtEngine.Balloons;

/// <summary>
/// The host's side of a machine's balloon: how much memory the guest is asked to do without, and what it says of the rest. It outlives the device.
/// </summary>
internal sealed class BalloonControl
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BalloonStatistic, ulong> _statistics = [];
    private ulong _returned;
    private uint _target, _actual;

    /// <summary>Called when the target changed; null while there is no device.</summary>
    internal Action? TargetChanged { get; set; }

    /// <summary>Called to have the guest write its statistics anew; null while there is no device.</summary>
    internal Action? StatisticsWanted { get; set; }

    /// <summary>Pages of 4 KiB that the guest shall do without.</summary>
    internal uint TargetPages
    {
        get => Volatile.Read(ref _target);
        set
        {
            Volatile.Write(ref _target, value);
            TargetChanged?.Invoke();
        }
    }

    /// <summary>Pages that the guest says it does without.</summary>
    internal uint ActualPages { get => Volatile.Read(ref _actual); set => Volatile.Write(ref _actual, value); }

    /// <summary>Bytes that were given back to the host since the machine was made; the guest may have taken them again.</summary>
    internal ulong ReturnedBytes => Volatile.Read(ref _returned);

    /// <summary>What the guest said last.</summary>
    internal IReadOnlyDictionary<BalloonStatistic, ulong> Statistics { get { lock (_gate) return new Dictionary<BalloonStatistic, ulong>(_statistics); } }

    /// <summary>Asks the guest for its statistics; they come when it gets to it.</summary>
    internal void RefreshStatistics() => StatisticsWanted?.Invoke();

    internal void CountReturned(ulong bytes) => Interlocked.Add(ref _returned, bytes);

    internal void SetStatistic(BalloonStatistic what, ulong value)
    {
        lock (_gate) _statistics[what] = value;
    }

    /// <summary>Pages as bytes.</summary>
    internal static long BytesOf(uint pages) => (long)pages << GuestMemory.PageShift;

    /// <summary>Bytes as whole pages.</summary>
    internal static uint PagesOf(ulong bytes) => (uint)Math.Min(bytes >> GuestMemory.PageShift, uint.MaxValue);
}

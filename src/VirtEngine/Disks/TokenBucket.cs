namespace VirtEngine.Disks;

/// <summary>
/// So many tokens a second, a tenth of a second's saved up at the most. Who takes more than there are makes a debt, and waits until it would be paid:
/// whoever comes later waits behind.
/// </summary>
internal sealed class TokenBucket
{
    private const double Saved = 0.1;

    private readonly long _perSecond;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private double _balance;
    private long _filled;

    internal TokenBucket(long perSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perSecond, 1);
        _perSecond = perSecond;
        _time = time;
        _balance = perSecond * Saved;
        _filled = time.GetTimestamp();
    }

    /// <summary>Takes tokens.</summary>
    /// <returns>How long to wait before what they are for.</returns>
    internal TimeSpan Take(long tokens)
    {
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            _balance = Math.Min(_balance + _time.GetElapsedTime(_filled, now).TotalSeconds * _perSecond, _perSecond * Saved);
            _filled = now;
            _balance -= tokens;
            return _balance >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(-_balance / _perSecond, TimeSpan.FromDays(1).TotalSeconds));
        }
    }
}
